"""The words of evidence, in the two languages of the house."""

from datetime import timedelta

from contracts import Sentence, WatchedHome, WatchedSensor


def sensor_of(home: WatchedHome, sensor_id: str) -> WatchedSensor | None:
    """Find a sensor's registration; None for one that nobody registered."""
    return next((sensor for sensor in home.sensors if sensor.sensor_id == sensor_id), None)


def room_of(home: WatchedHome, sensor_id: str) -> str:
    """Tell the room of a sensor as registered; empty when it is not known."""
    sensor = sensor_of(home, sensor_id)
    return sensor.room if sensor else ""


def span(length: timedelta) -> Sentence:
    """Say a length of time to the minute; what is shorter, to the second."""
    seconds = int(length.total_seconds())
    if seconds < 60:
        return Sentence(ko=f"{seconds}초", en=f"{seconds} s")
    hours, minutes = divmod(seconds // 60, 60)
    if not hours:
        return Sentence(ko=f"{minutes}분", en=f"{minutes} min")
    if not minutes:
        return Sentence(ko=f"{hours}시간", en=f"{hours} h")
    return Sentence(ko=f"{hours}시간 {minutes}분", en=f"{hours} h {minutes} min")


def joined(*parts: Sentence | None) -> Sentence:
    """Put facts beside each other, leaving out those that are not there."""
    facts = [part for part in parts if part]
    return Sentence(ko=" · ".join(fact.ko for fact in facts), en=" · ".join(fact.en for fact in facts))


def placed(room: str) -> Sentence | None:
    """Say where, when it is known."""
    return Sentence(ko=room, en=room) if room else None


def delayed(by: timedelta | None) -> Sentence | None:
    """Say how late it came, when it came late."""
    if by is None:
        return None
    length = span(by)
    return Sentence(ko=f"{length.ko} 늦게 도착", en=f"arrived {length.en} late")
