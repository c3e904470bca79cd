"""What the services promise each other: readings, findings, alert changes, ids, topics and the one codec."""

from contracts.alerts import AlertChange, AlertChangeKind, AlertStage, AlertState, FollowUp
from contracts.batches import ReadingBatch
from contracts.codec import decode, encode
from contracts.findings import NEVER_HEARD, Evidence, Finding, Hazard, Phase, Sentence, Severity
from contracts.ids import (
    AlertId,
    FindingId,
    HomeId,
    ReadingId,
    ResponderId,
    SensorId,
    alert_id,
    finding_id,
    is_synthetic,
    partition_of,
    reading_id,
    shard_of,
)
from contracts.messages import MOST_HEARD, Became, HeardMessage, HeardMessages, Objection
from contracts.readings import Reading
from contracts.refusals import Refusal, RefusalReason
from contracts.values import EMERGENCY_KINDS, Value, kind_of
from contracts.watching import Hold, HoldKind, Made, Profile, Supply, WatchedHome, WatchedSensor, WatchPlan

__all__ = [
    "EMERGENCY_KINDS",
    "MOST_HEARD",
    "NEVER_HEARD",
    "AlertChange",
    "AlertChangeKind",
    "AlertId",
    "AlertStage",
    "AlertState",
    "Became",
    "Evidence",
    "Finding",
    "FindingId",
    "FollowUp",
    "Hazard",
    "HeardMessage",
    "HeardMessages",
    "Hold",
    "HoldKind",
    "HomeId",
    "Made",
    "Objection",
    "Phase",
    "Profile",
    "Reading",
    "ReadingBatch",
    "ReadingId",
    "Refusal",
    "RefusalReason",
    "ResponderId",
    "SensorId",
    "Sentence",
    "Severity",
    "Supply",
    "Value",
    "WatchPlan",
    "WatchedHome",
    "WatchedSensor",
    "alert_id",
    "decode",
    "encode",
    "finding_id",
    "is_synthetic",
    "kind_of",
    "partition_of",
    "reading_id",
    "shard_of",
]
