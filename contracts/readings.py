"""A reading: what one sensor saw at one moment, admitted and named."""

from datetime import datetime

import msgspec

from contracts.ids import HomeId, ReadingId, SensorId
from contracts.values import Value


# Nothing in it can point back at itself, so the collector of cycles need not count and look at every one.
class Reading(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What a sensor saw. Times are aware and in UTC."""

    reading_id: ReadingId
    home_id: HomeId
    sensor_id: SensorId
    #: When the sensor saw it; when its clock cannot be believed, when we received it (`clock_doubted`).
    observed_at: datetime
    #: When it reached the ingest bridge.
    received_at: datetime
    value: Value
    #: It took longer than a live reading may, so it belongs to history more than to now.
    late: bool = False
    #: What was added to the time that the sender said, because its clock is known to be wrong.
    clock_offset_seconds: float = 0.0
    #: The sender's own time lay outside -24 h / +2 min of arrival.
    clock_doubted: bool = False
