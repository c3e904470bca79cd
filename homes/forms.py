"""What ids, numbers and words look like in a street file, each with the sentence for one that does not."""

from collections.abc import Container
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from homes.fields import Node

ID: Final = r"[a-z0-9-]{1,64}"
ID_HINT: Final = "소문자, 숫자, - 만 64자까지 (lower-case letters, digits and - only, at most 64)"
PHONE: Final = r"\+?[0-9][0-9 -]{1,18}[0-9]"
PHONE_HINT: Final = "전화번호는 010-0000-0000 처럼 씁니다 (a phone number has digits and - only)"
LANGUAGE: Final = r"[a-z]{2,3}"
LANGUAGE_HINT: Final = "언어는 ko, en 처럼 씁니다 (a language is two or three letters)"
DAY_SECONDS: Final = 86_400


def read_timezone(node: Node) -> str:
    """Read the name of a time zone."""
    name = node.text("timezone", "Asia/Seoul")
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        node.refuse("timezone", f"Asia/Seoul 같은 시간대가 아닙니다 (no such time zone: {name!r})")
    return name


def check_known(node: Node, name: str, keys: tuple[str, ...], known: Container[str]) -> None:
    """Refuse every id of a list that is not defined in the file, and one that is there twice."""
    for place, key in enumerate(keys):
        if key not in known:
            node.refuse(f"{name}[{place}]", f"{key!r} 이(가) 파일에 없습니다 (not defined in this file)")
    if len(set(keys)) < len(keys):
        node.refuse(name, "같은 id 가 두 번 있습니다 (an id is there twice)")
