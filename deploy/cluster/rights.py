"""Who may do what on Kafka: one table of service, topic and operation, and of service and group."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from contracts.topics import ALERTS, ALL_TOPICS, CHECKPOINTS, FINDINGS, MESSAGES, READINGS, REFUSED, Topic

#: Makes topics and rights; nobody else may. A service that lost its key can make neither.
ADMIN: Final = "admin"
#: Kafka's own numbers: org.apache.kafka.common.acl.AclOperation and resource.ResourceType.
READ: Final = 3
WRITE: Final = 4
DESCRIBE: Final = 8
TOPIC: Final = 2
GROUP: Final = 3

#: What each service reads and writes; the name of the service is the common name of its certificate.
READS: Final[dict[str, tuple[Topic, ...]]] = {
    "ingest": (),
    "detectors": (READINGS, CHECKPOINTS),
    "alerts": (FINDINGS,),
    "history": (READINGS, FINDINGS, ALERTS, MESSAGES),
    "console": (ALERTS,),
}
WRITES: Final[dict[str, tuple[Topic, ...]]] = {
    "ingest": (READINGS, REFUSED, MESSAGES),
    "detectors": (FINDINGS, REFUSED, CHECKPOINTS),
    "alerts": (ALERTS,),
    "history": (),
    "console": (),
}
#: The consumer group of each service that has one; the others keep their place themselves.
GROUPS: Final[dict[str, tuple[str, ...]]] = {"detectors": ("detectors",), "alerts": ("alerts",)}


@dataclass(frozen=True, kw_only=True)
class Right:
    """One thing that one service may do."""

    service: str
    resource: int
    name: str
    operation: int


def rights(prefix: str = "") -> Iterator[Right]:
    """Tell every right there is, with the names of topics and groups as an installation calls them."""
    for service in READS:
        # A service looks whether all topics are there as they must be, and waits for them otherwise.
        for topic in ALL_TOPICS:
            yield Right(service=service, resource=TOPIC, name=prefix + topic.name, operation=DESCRIBE)
        for topic in READS[service]:
            yield Right(service=service, resource=TOPIC, name=prefix + topic.name, operation=READ)
        for topic in WRITES[service]:
            yield Right(service=service, resource=TOPIC, name=prefix + topic.name, operation=WRITE)
        for group in GROUPS.get(service, ()):
            yield Right(service=service, resource=GROUP, name=prefix + group, operation=READ)
