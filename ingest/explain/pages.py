"""An explanation as a person reads it."""

from rich import box
from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from ingest.explain.explained import Became, Explained, Refused


def page(explained: Explained) -> RenderableType:
    """Show one message: where it came from, what it became, what mends it."""
    parts: list[RenderableType] = [_route(explained)]
    if explained.payload:
        parts.append(Text(printable(explained.payload), style="dim", overflow="ellipsis", no_wrap=True))
    if explained.readings:
        parts.append(_readings(explained.readings))
    parts += [_refusal(each) for each in explained.refusals]
    parts += [Text(f"declared: {printable(name)}", style="cyan") for name in explained.declared[:5]]
    if len(explained.declared) > 5:
        parts.append(Text(f"and {len(explained.declared) - 5} more", style="cyan"))
    parts += [
        Text(f"asks the gateway: cmd/{explained.home}/{printable(topic)}", style="cyan") for topic in explained.commands
    ]
    if explained.ignored:
        parts.append(Text("nothing: this is known, and deliberately not for us / 알려진 메시지이며 쓰지 않습니다"))
        if explained.unknown:
            parts.append(Text(f"  → {printable(explained.unknown)}", style="cyan"))
    return Panel(
        Group(*parts),
        title=Text(printable(explained.topic), overflow="fold"),
        title_align="left",
        border_style=_style(explained),
    )


def printable(text: str) -> str:
    """Show what a terminal would obey as what it is: a stranger's bytes move no cursor."""
    return "".join(sign if sign.isprintable() else f"\\x{ord(sign):02x}" for sign in text)


def _style(explained: Explained) -> str:
    if any(not each.kept for each in explained.refusals):
        return "red" if not explained.readings else "yellow"
    return "yellow" if explained.refusals else "green" if explained.readings else "dim"


def _route(explained: Explained) -> Text:
    if not explained.dialect:
        return Text("home/<shard>/<home>/<dialect>/<the device's own topic>", style="dim")
    text = Text()
    for name, value in (
        ("shard", explained.shard),
        ("home", explained.home),
        ("dialect", explained.dialect),
        ("device", explained.device_topic),
    ):
        text.append(f"{name} ", style="dim").append(f"{printable(value)}  ", style="bold")
    return text.append("retained", style="yellow") if explained.retained else text


def _readings(readings: tuple[Became, ...]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, expand=True)
    for name in ("sensor", "kind", "value", "seen (UTC)", "by"):
        table.add_column(name, overflow="fold")
    for each in readings:
        table.add_row(
            Text(each.sensor),
            Text(each.kind, style="green"),
            Text(each.value),
            _time(each),
            Text(each.because or "the dialect", style="dim"),
        )
    return table


def _time(became: Became) -> Text:
    text = Text(f"{became.observed_at:%m-%d %H:%M:%S.%f}"[:-3])
    if became.late:
        text.append(" late", style="yellow")
    return text.append(" doubted: arrival", style="yellow") if became.doubted else text


def _refusal(refused: Refused) -> Text:
    text = Text()
    text.append(f"{refused.reason}", style="bold yellow" if refused.kept else "bold red")
    text.append(" (the value is kept)" if refused.kept else "").append(f"  {refused.detail}\n")
    text.append(f"  {refused.mend_ko}\n  {refused.mend_en}")
    return text.append(f"\n  → {printable(refused.hint)}", style="bold cyan") if refused.hint else text
