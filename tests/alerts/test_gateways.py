"""Gateways by template: what goes out, what an answer means, and what happens when the gateway is ill."""

import asyncio
import tomllib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.channels import Delivery, NotSent, Result, Sent
from alerts.channels.gateway import judged
from alerts.channels.setup import refuse_unusable
from alerts.channels.sms import Sms
from alerts.channels.voice import Voice
from alerts.gateway.files import SHIPPED, load_template
from alerts.gateway.template import PLACES, Answer, BadTemplate, Report, Template, fill, found, read_template, report_of
from alerts.model import Purpose
from alerts.wording import Message, message
from deploy.embedded.children import loopback_port
from homes.model import Channel, Contact
from runtime.settings import Alerts, BadSettings, Secret
from tests.alerts.building import opened
from tests.alerts.provider import Provider, provider, settings_of

NUMBER = "010-0000-1234"
DIALLED = "01000001234"
json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)


def a_push(purpose: Purpose = Purpose.HELP) -> Message:
    call = replace(opened().notifications[0], purpose=purpose)
    return message(call, dong="맑은동", language="ko", link="https://dolbom.example/r/token")


async def texted(gateway: Provider, address: str = NUMBER) -> Delivery:
    async with httpx.AsyncClient(trust_env=False) as client:
        return await Sms(client, settings_of(gateway)).send(a_push(), Contact(channel=Channel.SMS, address=address))


@pytest.mark.parametrize("name", sorted(path.stem for path in SHIPPED.glob("*.toml")))
def test_a_shipped_template_is_whole(name: str) -> None:
    template = load_template(name)
    request = fill(template, {place: f"<{place}>" for place in PLACES} | {"url": "https://gateway.example"})
    assert b"text" in request.body and b"key" in request.body and b"to" in request.body
    assert template.answer.ref and template.receipts.delivered and template.receipts.failed
    assert template.receipts.within_seconds > 0


@pytest.mark.parametrize(
    "text",
    [
        "",
        'url = "{nobody}"',
        'url = "{url"',
        'url = "{url}"\nmethod = "TRACE"',
        'url = "{url}"\nbodi = "json"',
        'url = "{url}"\n[answer]\ntaken = ["yes"]',
        'url = "{url}"\n[proof]\nkind = "none"',
        "url = ",
    ],
)
def test_a_template_that_cannot_be_used_is_refused_with_its_place(text: str, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(text)
    with pytest.raises(BadTemplate):
        load_template(str(tmp_path / "mine.toml"))
    with pytest.raises(BadSettings, match="DOLBOM_ALERTS_VOICE_GATEWAY"):
        refuse_unusable(Alerts(voice_gateway=str(tmp_path / "mine.toml")))


def test_a_template_that_is_not_there_names_those_that_are() -> None:
    with pytest.raises(BadTemplate, match="form, generic-json"):
        load_template("nobody")


def test_weak_inbound_secrets_and_broken_keys_are_refused_before_the_first_call() -> None:
    refuse_unusable(Alerts())
    with pytest.raises(BadSettings) as told:
        refuse_unusable(Alerts(sms_inbound_secret=Secret("short"), web_push_key=Secret("short")))
    assert "SMS_INBOUND_SECRET" in str(told.value) and "WEB_PUSH_KEY" in str(told.value)
    assert "short'" not in str(told.value)


@given(st.text())
def test_what_a_value_holds_is_never_read_as_a_place(text: str) -> None:
    template = Template(url="{url}", fields={"text": "{text}", "more": [{"deep": "{to}"}, 7]})
    values = dict.fromkeys(PLACES, "") | {"text": text, "to": "{secret}", "secret": "swordfish"}
    assert b"swordfish" not in fill(template, values).body


def test_fields_can_stand_in_a_form_or_behind_the_address() -> None:
    table = tomllib.loads('url = "{url}?a=1"\nmethod = "GET"\nbody = "query"\n[fields]\nto = "{to}"')
    request = fill(read_template(table), dict.fromkeys(PLACES, "") | {"url": "http://x", "to": "1 2"})
    assert request.url == "http://x?a=1&to=1+2" and request.body == b"" and request.method == "GET"
    bare = fill(Template(url="{url}", body="query"), {"url": "http://x"})
    assert bare.url == "http://x" and bare.headers == {}


@given(said=json, path=st.text(alphabet="ab.01", max_size=9))
def test_whatever_an_answer_holds_it_can_be_looked_through(said: object, path: str) -> None:
    assert isinstance(found(said, path), str)


def test_a_value_is_found_where_the_template_says() -> None:
    said = {"data": [{"id": 7}], "ok": True}
    assert found(said, "data.0.id") == "7" and found(said, "data.1.id") == "" and found(said, "ok") == ""


@pytest.mark.parametrize(
    ("status", "said", "result", "retry"),
    [
        (200, {"code": "1", "id": "p"}, Result.SENT, False),
        (200, {"code": "9"}, Result.BUSY, True),
        (200, {"code": "7"}, Result.BAD_ADDRESS, False),
        (200, {"code": "0"}, Result.REFUSED, False),
        (200, None, Result.BUSY, True),
        (503, None, Result.BUSY, True),
        (422, None, Result.BAD_ADDRESS, False),
        (401, {"code": "1"}, Result.REFUSED, False),
    ],
)
def test_what_an_answer_means(status: int, said: object, result: Result, retry: bool) -> None:
    answer = Answer(
        ref="id",
        bad_address=(422,),
        result="code",
        result_taken=("1",),
        result_later=("9",),
        result_bad_address=("7",),
    )
    delivery = judged(answer, status, said, receipt_within=30)
    assert delivery.result is result
    assert isinstance(delivery, Sent) or delivery.retry is retry


def test_a_word_that_nobody_explained_ends_nothing() -> None:
    receipts = load_template("generic-json").receipts
    assert report_of(receipts, "DELIVERED") is Report.DELIVERED and report_of(receipts, "read") is Report.READ
    assert report_of(receipts, "no-answer") is Report.FAILED and report_of(receipts, "queued") is Report.ON_THE_WAY


@pytest.mark.door
async def test_a_text_message_carries_its_key_and_asks_for_an_answer() -> None:
    async with provider(DIALLED) as gateway:
        delivery = await texted(gateway)
        assert isinstance(delivery, Sent) and delivery.receipt_within == 60
        (got,) = gateway.receiver.got
        key = a_push().notification_id
        assert delivery.provider_ref == f"p-{key}" and got.json["reference"] == key == got.key
        assert got.headers["authorization"] == "Bearer a key" and got.path == "/messages"
        assert gateway.texts(DIALLED) == [
            "[긴급] 도움 요청 · 맑은동. 확인하고 응답해 주세요.\n"
            "https://dolbom.example/r/token\n답장: 1 갑니다, 2 못 갑니다"
        ]
        assert str(got.json["callback"]).endswith("/in/sms/receipt")


@pytest.mark.door
@pytest.mark.parametrize(
    ("purpose", "asked"),
    [
        (Purpose.HELP, "가시면 1번, 못 가시면 2번을 눌러 주세요."),
        (Purpose.CHECK, "괜찮으시면 1번, 도움이 필요하시면 2번을 눌러 주세요."),
        (Purpose.TAKEN, ""),
    ],
)
async def test_a_voice_says_no_link_and_which_key_to_press(purpose: Purpose, asked: str) -> None:
    async with provider(DIALLED) as gateway, httpx.AsyncClient(trust_env=False) as client:
        voice = Voice(client, settings_of(gateway, Channel.VOICE))
        await voice.send(a_push(purpose), Contact(channel=Channel.VOICE, address=NUMBER))
        (text,) = gateway.texts(DIALLED)
        assert text.endswith(asked) and "http" not in text
        assert ("눌러" in text) is bool(asked)


@pytest.mark.door
@pytest.mark.parametrize(
    ("status", "result", "retry"),
    [
        (500, Result.BUSY, True),
        (503, Result.BUSY, True),
        (401, Result.REFUSED, False),
        (404, Result.BAD_ADDRESS, False),
    ],
)
async def test_a_gateway_that_is_ill_and_one_that_says_no_are_told_apart(
    status: int, result: Result, retry: bool
) -> None:
    async with provider(DIALLED) as gateway:
        gateway.answer = lambda _: status
        assert await texted(gateway) == NotSent(result=result, retry=retry)


@asynccontextmanager
async def saying(*parts: bytes) -> AsyncIterator[str]:
    """A gateway that answers with these bytes, and then neither goes on nor hangs up; without any it hangs up."""
    over = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.writelines(parts)
        if parts:
            await over.wait()
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        try:
            yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        finally:
            over.set()


_SLOW_YES = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 90\r\n\r\n{"


@pytest.mark.door
@pytest.mark.parametrize(
    ("parts", "template", "result"),
    [
        pytest.param((_SLOW_YES,), "generic-json", Result.SENT, id="a yes that never ends"),
        pytest.param((_SLOW_YES,), "form", Result.BUSY, id="a yes that never says what it means"),
        pytest.param((), "generic-json", Result.UNREACHABLE, id="gone"),
        pytest.param((b"HTTP/1.1 2",), "generic-json", Result.TIMED_OUT, id="half an answer"),
    ],
)
async def test_a_gateway_that_is_slow_or_goes_away_is_asked_again_or_believed(
    parts: tuple[bytes, ...], template: str, result: Result
) -> None:
    async with saying(*parts) as url, httpx.AsyncClient(trust_env=False, timeout=1) as client:
        settings = Alerts(sms_gateway=template, sms_gateway_url=url, sms_gateway_secret=Secret("a key"))
        delivery = await Sms(client, settings).send(a_push(), Contact(channel=Channel.SMS, address=NUMBER))
        assert delivery.result is result
        assert isinstance(delivery, Sent) or delivery.retry


@pytest.mark.door
async def test_without_a_gateway_or_a_number_nothing_is_asked() -> None:
    async with provider() as gateway, httpx.AsyncClient(trust_env=False) as client:
        contact = Contact(channel=Channel.SMS, address=NUMBER)
        assert (await Sms(client, Alerts()).send(a_push(), contact)).result is Result.NOT_SET_UP
        assert (await texted(gateway, address="--")).result is Result.BAD_ADDRESS
        nowhere = replace(settings_of(gateway), sms_gateway_url="nowhere")
        assert (await Sms(client, nowhere).send(a_push(), contact)).result is Result.NOT_SET_UP
        gone = replace(settings_of(gateway), sms_gateway_url=f"http://127.0.0.1:{loopback_port()}")
        assert (await Sms(client, gone).send(a_push(), contact)).result is Result.UNREACHABLE
