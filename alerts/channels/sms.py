"""SMS: a short text by a gateway; whoever gets it can answer 1 or 2 where the gateway brings answers back."""

import httpx

from alerts.channels.gateway import Gateway, values_of
from alerts.gateway.files import load_template
from homes.model import Channel
from runtime.settings import Alerts


class Sms(Gateway):
    """The gateway of the settings; BadTemplate says what is wrong with its template."""

    def __init__(self, client: httpx.AsyncClient, settings: Alerts) -> None:
        values = values_of(
            settings,
            name="sms",
            url=settings.sms_gateway_url,
            user=settings.sms_gateway_user,
            secret=settings.sms_gateway_secret,
            sender=settings.sms_gateway_sender,
        )
        template = load_template(settings.sms_gateway) if settings.sms_gateway else None
        super().__init__(client, template, values, Channel.SMS)
