"""Refuse settings of channels that could not work, before the first call needs them."""

from alerts.gateway.files import load_template
from alerts.gateway.template import BadTemplate
from alerts.web_push.vapid import BadVapidKey, read_key
from runtime.settings import SHORTEST_SECRET, Alerts, BadSettings


def refuse_unusable(settings: Alerts) -> None:
    """Raise BadSettings with a line for each template, key or secret that cannot be used."""
    faults = [*_templates(settings), *_keys(settings)]
    if faults:
        raise BadSettings("these settings cannot be used:\n  " + "\n  ".join(faults))


def _templates(settings: Alerts) -> list[str]:
    faults = []
    for name, template in (("SMS", settings.sms_gateway), ("VOICE", settings.voice_gateway)):
        try:
            if template:
                load_template(template)
        except BadTemplate as fault:
            faults.append(f"DOLBOM_ALERTS_{name}_GATEWAY: {fault}")
    return faults


def _keys(settings: Alerts) -> list[str]:
    faults = []
    for name, secret in (("SMS", settings.sms_inbound_secret), ("VOICE", settings.voice_inbound_secret)):
        if secret and len(secret) < SHORTEST_SECRET:
            faults.append(f"DOLBOM_ALERTS_{name}_INBOUND_SECRET: expected at least {SHORTEST_SECRET} characters")
    try:
        if settings.web_push_key:
            read_key(settings.web_push_key.reveal())
    except BadVapidKey as fault:
        faults.append(f"DOLBOM_ALERTS_WEB_PUSH_KEY: {fault}; make one: python -m alerts vapid")
    if settings.web_push_key and not settings.web_push_contact.startswith(("mailto:", "https://")):
        faults.append("DOLBOM_ALERTS_WEB_PUSH_CONTACT: expected mailto:… or https://…; a push service asks for it")
    return faults
