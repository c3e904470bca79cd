"""The settings of what people meet: how they are reached, and the pages that they work with."""

from dataclasses import dataclass
from enum import StrEnum

from runtime.secret import Secret, setting


@dataclass(frozen=True, kw_only=True)
class Alerts:
    """How people are reached."""

    public_url: str = setting("http://127.0.0.1:8080", "Base of the links that responders get.")
    link_secret: Secret = setting(Secret(""), "Key that signs capability links; at least 32 characters.")
    webhook_secret: Secret = setting(Secret(""), "Key of the HMAC on outgoing webhooks; at least 32 characters.")
    acknowledgement_seconds: int = setting(600, "An acknowledgement without action expires after this.")
    engineers: Secret = setting(
        Secret(""),
        "Whom faults of the service itself wake: `mailto:`, `https://` (webhook) or Apprise URLs, between spaces.",
    )
    supervisors: Secret = setting(
        Secret(""), "Whom a roster's gap and an unsigned shift wake, written as `engineers` is; empty: the engineers."
    )
    shifts: str = setting(
        "", "When the centre's shifts end, by the clock of Seoul: 06:00,14:00,22:00; empty: none are kept."
    )
    audit_seconds: float = setting(10.0, "The service looks so often whether it keeps its promises.")
    dead_man_url: Secret = setting(
        Secret(""), "Asked (GET) while the service finds nothing wrong with itself; its silence must alarm you outside."
    )
    centre_secret: Secret = setting(
        Secret(""), "Seals the keys of other alarm centres in the database; at least 32 characters."
    )
    dead_man_seconds: float = setting(60.0, "How often.")
    synthetic_seconds: float = setting(60.0, "`python -m alerts probe` presses a button that nobody has so often.")
    synthetic_host: str = setting("127.0.0.1", "Where it listens for the call that comes of a press.")
    synthetic_port: int = setting(0, "Its port; 0 picks a free one.")
    synthetic_url: str = setting("", "The address at which the alerts service reaches it; empty: host and port.")
    smtp_host: str = setting("", "Mail server; empty: e-mail deliveries fail with that reason.")
    smtp_port: int = setting(587, "Port of the mail server.")
    smtp_username: str = setting("", "User at the mail server.")
    smtp_password: Secret = setting(Secret(""), "Password at the mail server.")
    smtp_from: str = setting("dolbom@localhost", "Sender of mails.")
    smtp_starttls: bool = setting(True, "Insist on STARTTLS.")
    web_push_key: Secret = setting(
        Secret(""), "VAPID private key; make one: `python -m alerts vapid`. Empty: no Web Push."
    )
    web_push_contact: str = setting(
        "", "mailto: or https: address at which a push service may reach whoever runs this."
    )
    web_push_hosts: str = setting(
        "fcm.googleapis.com,push.services.mozilla.com,push.apple.com,notify.windows.com",
        "Push services that a browser may name, by commas, each with every host below it; no other is spoken to.",
    )
    sms_gateway: str = setting("", "Template of the SMS gateway: generic-json, form, or a TOML file; empty: no SMS.")
    sms_gateway_url: str = setting("", "Its address: `{url}` in the template.")
    sms_gateway_user: str = setting("", "Our account there: `{user}`.")
    sms_gateway_secret: Secret = setting(Secret(""), "Our key there: `{secret}`.")
    sms_gateway_sender: str = setting("", "The number that people see and answer to: `{sender}`.")
    sms_inbound_secret: Secret = setting(
        Secret(""), "What it proves its receipts and replies with, at least 32 characters; empty: none is heard."
    )
    voice_gateway: str = setting(
        "", "Template of the voice gateway: generic-json, form, or a TOML file; empty: no calls."
    )
    voice_gateway_url: str = setting("", "Its address: `{url}` in the template.")
    voice_gateway_user: str = setting("", "Our account there: `{user}`.")
    voice_gateway_secret: Secret = setting(Secret(""), "Our key there: `{secret}`.")
    voice_gateway_sender: str = setting("", "The number that people see: `{sender}`.")
    voice_inbound_secret: Secret = setting(
        Secret(""), "What it proves its receipts and pressed keys with, at least 32 characters; empty: none is heard."
    )
    bundle_seconds: int = setting(
        600, "A responder hears of caution, notice and device at most this often; what comes in between is one message."
    )


class SecondFactor(StrEnum):
    """Whether a password alone opens the console."""

    REQUIRED = "required"
    OFF = "off"


@dataclass(frozen=True, kw_only=True)
class Console:
    """The operators' pages."""

    host: str = setting("127.0.0.1", "Where the pages listen.")
    port: int = setting(8080, "Their port.")
    session_secret: Secret = setting(Secret(""), "Key that signs session cookies; at least 32 characters.")
    secure_cookies: bool = setting(True, "Cookies only over HTTPS; off only on loopback.")
    trusted_proxies: str = setting("127.0.0.1", "Whose X-Forwarded-For is believed: addresses or nets, by commas.")
    operator_name: str = setting("", "First operator, made when there is none.")
    operator_password: Secret = setting(Secret(""), "The first operator's password, at least 12 characters.")
    second_factor: SecondFactor = setting(
        SecondFactor.REQUIRED, "`required`: a one-time code after the password; `off`: for demo and tests."
    )
    webhooks_inside: bool = setting(
        False, "Webhooks of other systems may lead into private networks, and over plain HTTP; off: only outside."
    )
    demo_control_url: str = setting("", "Address of the simulator's scene door; set by the demo only.")
    map_file: str = setting("", "YAML file that lays the map's tiles out; empty: by gu and dong.")
    map_outlines: str = setting("", "GeoJSON file of the dongs' outlines, drawn beside the tiles; empty: none.")
    centre_phone: str = setting("", "The centre's number: responders call it from their page. Empty: not offered.")
