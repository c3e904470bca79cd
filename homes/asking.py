"""By what a home can be asked whether all is well."""

from homes.model import Channel, Contact, Home

#: A sensor of this kind hears an answer: the thing that it sits in also speaks.
_HEARS = "voice"


def asks_by(home: Home, *, by_voice: bool) -> Contact | None:
    """Name the speaker in the home, or the resident's telephone where a voice gateway is set up; None: nobody asks."""
    if any(sensor.kind == _HEARS for sensor in home.sensors):
        return Contact(channel=Channel.DEVICE, address="speaker")
    if by_voice and home.resident.phone:
        return Contact(channel=Channel.VOICE, address=home.resident.phone)
    return None
