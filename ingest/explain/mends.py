"""What mends a refusal, in Korean: the same words as the console's."""

from collections.abc import Mapping
from typing import Final

from contracts import RefusalReason
from contracts.refusals import MENDS

_KOREAN: Final[Mapping[str, str]] = {
    "too_large": "메시지가 DOLBOM_INGEST_LARGEST_PAYLOAD_BYTES보다 큽니다. 나누어 다시 보내십시오.",
    "bad_topic": "토픽이 home/<샤드>/<집>/<방언>/… 꼴이 아닙니다. 게이트웨이의 기본 토픽을 고치십시오.",
    "unknown_dialect": "토픽의 네 번째 부분이 아는 방언이 아닙니다. 토픽 참고서를 보십시오.",
    "not_text": "문자여야 할 내용이 UTF-8이 아닙니다. 게이트웨이의 인코딩을 확인하십시오.",
    "not_json": "문자이지만 JSON이 아닙니다. 게이트웨이의 템플릿을 확인하십시오.",
    "wrong_shape": "JSON이 이 방언의 꼴이 아닙니다. 방언 참고서와 비교하십시오.",
    "nothing_we_know": "아는 항목이 하나도 없습니다. 기기를 프로필에 추가하십시오.",
    "undeclared": "게이트웨이가 이 토픽이나 별칭의 뜻을 말하지 않았습니다. 다시 말하도록 요청했습니다.",
    "unknown_home": "등록되지 않은 집입니다. 집을 등록하거나 게이트웨이의 토픽을 고치십시오.",
    "wrong_shard": "토픽의 샤드가 이 집의 것이 아닙니다. 등록할 때 받은 토픽을 쓰십시오.",
    "another_home": "내용이 토픽과 다른 집을 가리킵니다. 게이트웨이가 두 집으로 설정되어 있습니다.",
    "retained_replay": "보관(retained) 메시지는 브로커의 기억이지 새 소식이 아닙니다. 측정값은 retain 없이 보내십시오.",
    "impossible_value": "물리적으로나 단위로나 나올 수 없는 값입니다. 센서를 확인하십시오.",
    "time_unreadable": "시각이 ISO 8601도 1970년부터의 밀리초도 아닙니다. 템플릿을 고치십시오.",
    "time_too_old": "수신보다 24시간 넘게 앞선 시각입니다. 수신 시각으로 받았습니다. 게이트웨이의 시계를 맞추십시오.",
    "time_in_future": "수신보다 2분 넘게 뒤의 시각입니다. 수신 시각으로 받았습니다. 게이트웨이의 시계를 맞추십시오.",
    "declared_too_much": "집의 게이트웨이들이 기억할 수 있는 것보다 많이 선언했습니다. 쓰지 않는 것을 거두십시오.",
    "template_not_read": "템플릿은 실행하지 않습니다. 기기가 값을 그대로 또는 JSON 항목으로 보내게 하십시오.",
    "no_frame": "DC-09 프레임이 아닙니다. 수신기 설정의 프로토콜과 이 포트에 접속하는 기기를 확인하십시오.",
    "wrong_checksum": "프레임의 CRC-16/ARC가 맞지 않습니다. 회선이 나쁘거나 다른 검사합을 씁니다.",
    "wrong_length": "프레임의 길이가 실제 바이트 수와 다릅니다. 수신기의 펌웨어를 확인하십시오.",
    "unknown_account": "이 계정을 가진 집이 없습니다. 추가하십시오: python -m ingest dc09 account add.",
    "unknown_code": "계정의 프로필에 없는 이벤트 코드입니다. 프로필에 추가하십시오.",
    "not_encrypted": "키가 있는 계정이라 암호화되지 않은 메시지는 믿지 않습니다. 수신기에 키를 넣으십시오.",
    "undecipherable": "계정의 키로 메시지를 풀 수 없습니다. 수신기에 키를 다시 넣으십시오.",
    "clock_off": "암호화되었으나 시간 창 밖입니다. 수신 시각으로 받았고, 우리 시각을 알려 주었습니다.",
}


def mends_of(reason: RefusalReason) -> tuple[str, str]:
    """Say what mends a refusal in Korean and English; a new reason is told in English rather than not at all."""
    return _KOREAN.get(reason, MENDS[reason]), MENDS[reason]
