"""E-mail: one short mail with a link, its message id made of the notification's key."""

from email.errors import MessageError
from email.message import EmailMessage
from typing import Final

import aiosmtplib

from alerts.channels import SERIOUS, Delivery, NotSent, Result, Sent
from alerts.delivery import TIMEOUTS
from alerts.wording import Message, in_language, written
from homes.model import Channel, Contact
from runtime.settings import Alerts

#: The standard library's parser of addresses falls over some that are none.
_UNWRITABLE: Final = (ValueError, LookupError, AttributeError, MessageError)


class Email:
    """Mails through one server."""

    def __init__(self, settings: Alerts) -> None:
        self._settings = settings

    async def send(self, message: Message, contact: Contact) -> Delivery:
        """Hand a mail to the server."""
        if not self._settings.smtp_host:
            return NotSent(result=Result.NOT_SET_UP, retry=False)
        try:
            mail = self._written(message, contact)
        except _UNWRITABLE:
            return NotSent(result=Result.BAD_ADDRESS, retry=False)
        return await self._sent(mail)

    async def _sent(self, mail: EmailMessage) -> Delivery:
        try:
            await aiosmtplib.send(
                mail,
                hostname=self._settings.smtp_host,
                port=self._settings.smtp_port,
                username=self._settings.smtp_username or None,
                password=self._settings.smtp_password.reveal() or None,
                # None lets the library pick STARTTLS whenever it is offered.
                start_tls=True if self._settings.smtp_starttls else None,
                timeout=TIMEOUTS[Channel.EMAIL],
            )
        except aiosmtplib.SMTPRecipientsRefused as refusal:
            later = any(400 <= each.code < 500 for each in refusal.recipients)
            return NotSent(result=Result.BUSY if later else Result.BAD_ADDRESS, retry=later)
        except aiosmtplib.SMTPResponseException as refusal:
            later = 400 <= refusal.code < 500
            return NotSent(result=Result.BUSY if later else Result.REFUSED, retry=later)
        except aiosmtplib.SMTPTimeoutError:
            return NotSent(result=Result.TIMED_OUT, retry=True)
        except (aiosmtplib.SMTPException, OSError):
            return NotSent(result=Result.UNREACHABLE, retry=True)
        except ValueError:
            return NotSent(result=Result.BAD_ADDRESS, retry=False)
        return Sent(provider_ref=mail["Message-ID"])

    def _written(self, message: Message, contact: Contact) -> EmailMessage:
        mail = EmailMessage()
        mail["From"] = self._settings.smtp_from
        mail["To"] = contact.address
        mail["Subject"] = in_language(message.title, message.language)
        # A repeat has the same id: mail programs show it once.
        mail["Message-ID"] = _message_id(message)
        mail["Auto-Submitted"] = "auto-generated"
        if message.severity in SERIOUS:
            mail["X-Priority"] = "1"
        mail.set_content(f"{written(message)}\n")
        return mail


def _message_id(message: Message) -> str:
    return f"<{message.notification_id}@dolbom.invalid>"
