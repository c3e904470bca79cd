"""Voice: a gateway rings, says the text, and reports which key was pressed."""

import httpx

from alerts.channels.gateway import Gateway, values_of
from alerts.gateway.files import load_template
from homes.model import Channel
from runtime.settings import Alerts


class Voice(Gateway):
    """The gateway of the settings; BadTemplate says what is wrong with its template."""

    def __init__(self, client: httpx.AsyncClient, settings: Alerts) -> None:
        values = values_of(
            settings,
            name="voice",
            url=settings.voice_gateway_url,
            user=settings.voice_gateway_user,
            secret=settings.voice_gateway_secret,
            sender=settings.voice_gateway_sender,
        )
        template = load_template(settings.voice_gateway) if settings.voice_gateway else None
        super().__init__(client, template, values, Channel.VOICE)
