"""What every peer in Python decides: the same cries and the same stillness, one open case for a home and a hazard."""

import json
from datetime import datetime

#: The kinds of reading that are a cry, and what they threaten.
CRIES = {"help_button": "help", "fall": "fall", "smoke": "fire"}
#: Somebody should look after the second step of the cities' rule.
STILL_SECONDS = 12 * 3600
#: A case stays open for so long; the same hazard of the same home is not told again meanwhile.
OPEN_SECONDS = 600


def judge(message: dict, home: dict, now: float) -> list[str]:
    """Tell the hazards that are new; `home` is the state kept for this home and is changed."""
    told = []
    for reading in message["readings"]:
        value = reading["value"]
        at = _seconds(reading.get("at")) or now
        if value["kind"] == "motion" and value.get("active"):
            home["moved"] = max(at, home.get("moved", 0.0))
        if value["kind"] == "heartbeat" and "moved" in home and at - home["moved"] >= STILL_SECONDS:
            told.append("stillness")
        if value["kind"] in CRIES and value.get("active", True):
            told.append(CRIES[value["kind"]])
    opened = home.setdefault("open", {})
    new = [hazard for hazard in dict.fromkeys(told) if now - opened.get(hazard, 0.0) > OPEN_SECONDS]
    opened.update(dict.fromkeys(new, now))
    return new


def body(home: str, hazard: str) -> str:
    """Write the webhook's body."""
    return json.dumps({"home_ref": home, "hazard": hazard})


def _seconds(at: str | None) -> float:
    return datetime.fromisoformat(at).timestamp() if at else 0.0
