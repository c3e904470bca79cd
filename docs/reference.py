"""The reference pages as text, made from the settings, topics, values, reasons, detectors and metrics of the code."""

from collections.abc import Iterable
from dataclasses import fields
from typing import get_args, get_type_hints

from prometheus_client import REGISTRY, CollectorRegistry
from prometheus_client.metrics_core import Metric
from typer.main import get_command

import alerts.metrics
import console.api.metrics
import console.metrics
import detectors.metrics
import history.metrics
import homes.metrics
import ingest.dc09.metrics
import ingest.metrics
import runtime.metrics
from alerts.audit.faults import FAULT_WORDS
from alerts.outcomes import OutcomeCode, words_of
from alerts.reasons import Reason
from contracts import RefusalReason, Value
from contracts.codes import CODES, Codes
from contracts.refusals import MENDS
from contracts.topics import ALL_TOPICS
from deploy.backup.metrics import registry as backups
from detectors.__main__ import app as detectors_app
from detectors.watch import DETECTORS
from docs import api, device_profiles
from ingest.dc09.files import load_profiles
from ingest.dc09.meanings import DEFAULT, Meaning, Profile
from runtime.settings import Settings, name_of

NOTE = "<!-- Written by `python -m docs` from the code. Do not edit. -->\n\n"


def pages() -> dict[str, str]:
    """Answer every page by its file name."""
    return {
        "settings.md": settings(),
        "topics.md": topics(),
        "readings.md": readings(),
        "profiles.md": NOTE + device_profiles.page(),
        "reasons.md": reasons(),
        "outcomes.md": outcomes(),
        "detectors.md": detectors_page(),
        "finding-codes.md": finding_codes(),
        "faults.md": faults(),
        "panel-codes.md": panel_codes(),
        "metrics.md": metrics(REGISTRY),
        "commands.md": commands(),
        "api.md": NOTE + api.page(),
    }


def settings() -> str:
    """List every setting with its default and its sentence."""
    parts = ["# Settings\n\nRead from the environment once, at start; all faults are reported at once.\n"]
    for section in fields(Settings):
        kind = get_type_hints(Settings)[section.name]
        rows = (
            (f"`{name_of(section.name, one.name)}`", _code(one.default), one.metadata["about"]) for one in fields(kind)
        )
        parts.append(f"## {section.name}\n\n{kind.__doc__}\n\n" + _table(("setting", "default", "what it does"), rows))
    return NOTE + "\n".join(parts)


def topics() -> str:
    """List every Kafka topic with its partitions and configuration."""
    rows = (
        (f"`{topic.name}`", str(topic.partitions), ", ".join(f"`{key}={value}`" for key, value in topic.config.items()))
        for topic in ALL_TOPICS
    )
    return NOTE + "# Topics\n\n" + _table(("topic", "partitions", "configuration"), rows)


def readings() -> str:
    """List every kind of value that a reading may carry."""
    rows = ((f"`{kind.__struct_config__.tag}`", _first_line(kind), _fields_of(kind)) for kind in get_args(Value))
    return NOTE + "# Kinds of readings\n\n" + _table(("kind", "what it says", "fields"), rows)


def reasons() -> str:
    """List why something is turned away at the door, and why an alert moves or does not."""
    refusals = _table(("reason", "what mends it"), ((f"`{reason}`", MENDS[reason]) for reason in RefusalReason))
    moves = "\n".join(f"- `{reason}`" for reason in Reason)
    return NOTE + f"# Reasons\n\n## Refusals\n\n{refusals}\n## Moves of an alert\n\n{moves}\n"


def outcomes() -> str:
    """List the outcome codes in both languages."""
    rows = ((f"`{code}`", words_of(code).ko, words_of(code).en) for code in OutcomeCode)
    return NOTE + "# Outcome codes\n\n" + _table(("code", "우리말", "English"), rows)


def detectors_page() -> str:
    """List every detector with the first sentence of its file."""
    rows = ((f"`{detector.__name__.split('.')[-1]}`", _first_line(detector)) for detector in DETECTORS)
    return NOTE + "# Detectors\n\n" + _table(("detector", "what it finds"), rows)


def finding_codes() -> str:
    """List what each finding is called in the languages of other centres."""
    names = Codes().__struct_fields__
    rows = (
        (f"`{kind}`", *(f"`{code}`" if (code := getattr(codes, name)) else "" for name in names))
        for kind, codes in CODES.items()
    )
    head = (
        "# Codes of findings\n\nFor hand-over to other centres. An empty cell: that language has no word for it, or"
        " none that we have read. Vendors differ: check with the centre that receives it.\n\n"
    )
    heads = ("finding", "Contact ID", "SIA", "SCAIP device", "SCAIP status")
    return NOTE + head + _table(heads, rows)


def faults() -> str:
    """List what may be wrong with the service itself, and what mends it."""
    rows = ((f"`{fault}`", words.what.ko, words.what.en, words.mend.en) for fault, words in FAULT_WORDS.items())
    head = (
        "# Faults of the service\n\nWhat the auditor looks for, each for itself; "
        "[what to do](../how-to/mend-the-service.md).\n\n"
    )
    return NOTE + head + _table(("fault", "우리말", "English", "what mends it"), rows)


def panel_codes() -> str:
    """List what the event codes of alarm panels mean, by profile."""
    profiles = load_profiles("")
    default = profiles[DEFAULT]
    parts = [
        "# Codes of alarm panels\n\nWhat Contact ID and SIA codes mean to us. `nothing` is acknowledged and counted;"
        " a code that stands nowhere is answered with DUH and refused. A profile adds to `default`.\n"
    ]
    for name, profile in sorted(profiles.items(), key=lambda pair: pair[0] != DEFAULT):
        base = default if name != DEFAULT else Profile(name="")
        tables = (
            ("Contact ID", profile.contact_id, base.contact_id),
            ("SIA, begins", profile.begins, base.begins),
            ("SIA, is over", profile.ends, base.ends),
        )
        rows = (
            (words, f"`{meaning}`", ", ".join(codes))
            for words, codes_of, known in tables
            for meaning in Meaning
            if (
                codes := sorted(
                    code for code, each in codes_of.items() if each is meaning and known.get(code) is not each
                )
            )
        )
        parts.append(f"## {name}\n\n" + _table(("scheme", "meaning", "codes"), rows))
    return NOTE + "\n".join(parts)


def commands() -> str:
    """List what the detectors can be asked on the command line."""
    parts = [
        "# Commands of the detectors\n\n"
        "`python -m detectors` alone runs a worker. With one of these words it answers a question, and tells nobody.\n"
    ]
    group = get_command(detectors_app)
    for name, command in sorted(getattr(group, "commands", {}).items()):
        rows = (
            (f"`{option.opts[0]}`", _default(option.default), getattr(option, "help", None) or "")
            for option in command.params
        )
        parts.append(f"## {name}\n\n{command.help}\n\n" + _table(("option", "default", "what it does"), rows))
    return NOTE + "\n".join(parts)


def _default(value: object) -> str:
    return f"`{value}`" if isinstance(value, str | int) and not isinstance(value, bool) else ""


def metrics(registry: CollectorRegistry) -> str:
    """List every metric of ours with its sentence."""
    every = (*registry.collect(), *backups.collect())
    ours = sorted((one for one in every if one.name.startswith("dolbom_")), key=lambda metric: metric.name)
    rows = ((f"`{_exposed(metric)}`", metric.type, metric.documentation) for metric in ours)
    return NOTE + "# Metrics\n\n" + _table(("metric", "type", "what it measures"), rows)


def _exposed(metric: Metric) -> str:
    return metric.name + ("_total" if metric.type == "counter" else "")


def _fields_of(kind: type) -> str:
    return ", ".join(f"`{name}`" for name in get_type_hints(kind) if not name.startswith("_")) or "none"


def _first_line(thing: object) -> str:
    return (thing.__doc__ or "").strip().split("\n")[0]


def _code(value: object) -> str:
    return f"`{value!r}`"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return (
        "\n".join([*lines, *("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows)])
        + "\n"
    )
