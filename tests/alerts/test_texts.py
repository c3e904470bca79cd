"""What a push may say: nothing of health, no name, no address, no number, whatever it is about."""

import re
from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from alerts.channels.web_push import payload_of
from alerts.model import Notification, Purpose
from alerts.wording import asking, bundle, in_language, message, trial, written
from contracts import Hazard, HomeId, ResponderId, Severity
from tests.alerts.building import opened

HOME = HomeId("h-4711")
LINK = "https://dolbom.example/r/AbCd"
#: Words of health, of people and of places closer than a quarter.
FORBIDDEN = re.compile(
    r"심박|호흡|맥박|복약|투약|혈압|혈당|당뇨|인슐린|치매|질환|질병|환자|심장|약을|병원|낙상 위험군"
    r"|heart|breath|pulse|dose|medic|insulin|diabet|dementia|disease|patient|hospital|vital"
    r"|김하늘|홍길순|맑은로|h-4711",
    re.IGNORECASE,
)
calls = st.builds(
    lambda **fields: replace(opened().notifications[0], home_id=HOME, **fields),
    purpose=st.sampled_from(sorted(set(Purpose) - {Purpose.TRIAL})),
    hazard=st.sampled_from(Hazard),
    severity=st.sampled_from(Severity),
    late=st.booleans(),
)
languages = st.sampled_from(["ko", "en", "vi"])


def everything(call: Notification, language: str) -> str:
    said = message(call, dong="맑은동", language=language, link=LINK)
    parts = [said.title.ko, said.title.en, said.text.ko, said.text.en, written(said), payload_of(said).decode()]
    parts += [asking(said, spoken=spoken) for spoken in (True, False)]
    return " ".join(parts).replace(call.notification_id, "")


@given(call=calls, language=languages, age=st.timedeltas(timedelta(0), timedelta(days=3)))
def test_no_text_tells_a_stranger_of_a_person(call: Notification, language: str, age: timedelta) -> None:
    text = everything(replace(call, since=call.called_at - age), language)
    assert not FORBIDDEN.search(text), FORBIDDEN.search(text)
    # Spans and counts have two digits at most: whatever is longer would be a number of somebody.
    assert not re.search(r"\d{3,}", text.replace(LINK, ""))


@given(call=calls, language=languages)
def test_every_text_is_whole_in_both_languages(call: Notification, language: str) -> None:
    said = message(call, dong="맑은동", language=language, link=LINK)
    assert re.search("[가-힣]", said.text.ko) and not re.search("[가-힣]", said.text.en.replace("맑은동", ""))
    assert said.text.ko.startswith(said.title.ko) and said.text.en.startswith(said.title.en)


def test_several_homes_are_one_message_with_every_link() -> None:
    call = replace(opened().notifications[0], severity=Severity.CAUTION)
    homes = [replace(call, home_id=HomeId(f"h-{number}"), notification_id=f"n-{number}") for number in range(3)]
    said = [message(one, dong="맑은동", language="ko", link=f"https://x/r/{one.home_id}") for one in homes]
    one = bundle(said[0], said[1:])
    assert one.title.ko == "[주의] 3가구 확인 필요" and one.title.en == "[Caution] 3 homes to look at"
    assert one.notification_id == "n-0" and one.links == tuple(each.link for each in said)
    assert not one.answerable and asking(one, spoken=False) == ""


def test_a_test_message_is_no_call_for_help() -> None:
    said = trial("key", ResponderId("daughter"), language="ko", code="123456")
    assert in_language(said.title, "ko") == "[시험] 돌봄 연락처 확인" and "출동하지 마세요" in said.text.ko
    assert "123456" in said.text.ko and "123456" in said.text.en and not said.answerable
