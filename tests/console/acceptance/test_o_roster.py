"""The roster as values: gaps that would be felt (O1), shifts past midnight (O2), the line, the calendar, edits."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.routing.gaps import felt_gaps, gaps_ahead
from console.roster.calendar import calendar_of, escaped, folded
from console.roster.edits import Edit, mark_of, with_override, with_rotation, without_override, without_rotation
from console.roster.line import lines_of
from console.roster.pages import contacts_of, gap_lines, stand_ins_of, turns_of
from console.roster.week import monday_of, week_of
from contracts import ResponderId
from homes.model import (
    Channel,
    Contact,
    District,
    Hours,
    Override,
    Policy,
    PolicyStep,
    Responder,
    ResponderKind,
    Roster,
    Rotation,
    Shift,
    When,
)
from homes.rosters import duties_between, gaps, on_duty
from tests.console.building import EN, KO

SEOUL = ZoneInfo("Asia/Seoul")
MONDAY = date(2026, 11, 23)
SEO, MUN = ResponderId("guard-seo"), ResponderId("guard-mun")
NIGHT = Hours(from_minute=18 * 60, until_minute=9 * 60)


def person(key: str, name: str) -> Responder:
    contacts = (Contact(channel=Channel.SMS, address="010-0000-0000"),)
    return Responder(responder_id=ResponderId(key), name=name, kind=ResponderKind.GUARD, contacts=contacts)


PEOPLE = {SEO: person(SEO, "서동희"), MUN: person(MUN, "문가람")}


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(MONDAY + timedelta(days=day), time(hour, minute), tzinfo=SEOUL)


def guards(*overrides: Override, hours: tuple[Hours, ...] = (NIGHT,)) -> Roster:
    turns = Rotation(responders=(SEO, MUN), from_day=date(2026, 11, 2), handover_minute=18 * 60, days=7, hours=hours)
    return Roster(roster_id="night-guards", name="야간 순찰", rotations=(turns,), overrides=overrides)


def calling(*steps: PolicyStep) -> Policy:
    return Policy(policy_id="night", name="night", steps=steps)


AT_NIGHT = calling(PolicyStep(after_seconds=60, rosters=("night-guards",), when=When(hours=(NIGHT,))))


def test_o1_a_gap_is_what_a_step_would_meet_and_nothing_else() -> None:
    roster = guards(Override(from_at=at(1, 2), until_at=at(1, 6)))
    (felt,) = felt_gaps(roster, [AT_NIGHT], at(0, 0), at(7, 0))
    assert (felt.from_at, felt.until_at, felt.meant) == (at(1, 2), at(1, 6), True)
    torn = guards(hours=(Hours(from_minute=18 * 60, until_minute=2 * 60), Hours(from_minute=6 * 60, until_minute=540)))
    found = felt_gaps(torn, [AT_NIGHT], at(0, 12), at(2, 12))
    assert [(one.from_at, one.until_at) for one in found] == [(at(1, 2), at(1, 6)), (at(2, 2), at(2, 6))]
    (line, _) = gap_lines(found, {"night-guards": torn}, at(0, 12))
    assert (line.text, line.soon, line.roster) == ("11.24 02:00–06:00", True, "야간 순찰")


def test_o1_the_gap_of_the_next_24_hours_is_named_and_one_that_is_meant_is_not() -> None:
    torn = guards(hours=(Hours(from_minute=18 * 60, until_minute=2 * 60),))
    assert [one.from_at for one in gaps_ahead([torn], [AT_NIGHT], at(0, 3))] == [at(0, 3), at(1, 2)]
    assert not gaps_ahead([torn], [], at(0, 3)), "nobody calls it yet"
    assert not gaps_ahead([guards(Override(from_at=at(0, 2), until_at=at(0, 6)))], [AT_NIGHT], at(0, 3))
    by_shift = calling(PolicyStep(after_seconds=60, rosters=("night-guards",), when=When(shift=Shift.NIGHT)))
    assert [one.from_at for one in felt_gaps(guards(), [by_shift], at(5, 0), at(6, 0))] == [at(5, 9)], "a Saturday"


def test_o1_uncovered_minutes_are_black_blocks_of_the_grid() -> None:
    roster = guards(Override(from_at=at(1, 2), until_at=at(1, 6), responders=()))
    week = week_of(roster, PEOPLE, MONDAY, felt_gaps(roster, [AT_NIGHT], at(0, 0), at(7, 0)))
    (block,) = week.gaps[1]
    assert (block.text, block.x, block.width, block.meant) == ("02:00–06:00", 120, 240, True)
    assert not any(cell for n, cell in enumerate(week.gaps) if n != 1)


def test_o2_a_shift_that_crosses_midnight_is_one_on_two_days() -> None:
    week = week_of(guards(), PEOPLE, MONDAY, ())
    mun = next(row for row in week.rows if row.name == "문가람")
    before, after = mun.cells[0][0], mun.cells[1]
    assert (before.text, before.before, before.after) == ("18:00–24:00", False, True)
    assert [(one.text, one.before, one.after) for one in after] == [
        ("00:00–09:00", True, False),
        ("18:00–24:00", False, True),
    ]
    assert [(one.from_at, one.until_at) for one in duties_between(guards(), at(0, 18), at(1, 9))] == [
        (at(0, 18), at(1, 9))
    ], "one duty, and not two"


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(st.integers(0, 160), st.integers(1, 40), st.lists(st.sampled_from([SEO, MUN]), max_size=2)),
        max_size=4,
    )
)
def test_the_duties_of_a_span_have_no_hole_and_say_what_is_so_at_every_moment(
    spans: list[tuple[int, int, list[ResponderId]]],
) -> None:
    overrides = tuple(
        Override(
            from_at=at(0, 0) + timedelta(hours=begins),
            until_at=at(0, 0) + timedelta(hours=begins + long),
            responders=tuple(who),
        )
        for begins, long, who in spans
    )
    roster = guards(*overrides)
    duties = duties_between(roster, at(0, 0), at(7, 0))
    assert duties[0].from_at == at(0, 0) and duties[-1].until_at == at(7, 0)
    assert all(one.until_at == other.from_at for one, other in pairwise(duties))
    assert all(one.responders != other.responders for one, other in pairwise(duties))
    for one in duties:
        middle = one.from_at + (one.until_at - one.from_at) / 2
        assert on_duty(roster, one.from_at) == on_duty(roster, middle) == one.responders
    empty = sum((one.until_at - one.from_at for one in duties if not one.responders), timedelta())
    assert empty == sum((one.until_at - one.from_at for one in gaps(roster, at(0, 0), at(7, 0))), timedelta())


def test_next_in_line_are_those_on_duty_whom_the_dongs_policy_calls_and_then_those_after_them() -> None:
    district = District(district_id="d-1", city="한빛시", gu="새빛구", dong="매화동")
    elsewhere = calling(PolicyStep(after_seconds=60, rosters=("night-guards",), when=When(districts=("d-2",))))
    rosters = {"night-guards": guards()}
    (line,) = lines_of([(district, ("night",))], {"night": AT_NIGHT}, rosters, PEOPLE, at(0, 20))
    assert [(one.name, one.now) for one in line.people] == [("문가람", True), ("서동희", False)]
    (none,) = lines_of([(district, ("night",))], {"night": elsewhere}, rosters, PEOPLE, at(0, 20))
    assert none.people == ()
    by_day = lines_of([(district, ("night", "gone"))], {"night": AT_NIGHT}, rosters, PEOPLE, at(0, 12))
    assert by_day[0].people == (), "no step calls it by day"


def test_a_calendar_is_folded_escaped_and_the_same_when_it_is_read_again() -> None:
    roster = guards(Override(from_at=at(0, 20), until_at=at(0, 22), responders=(SEO, MUN)))
    text = calendar_of(roster, PEOPLE, at(0, 18), at(2, 9), at(0, 12))
    lines = text.split("\r\n")
    assert lines[0] == "BEGIN:VCALENDAR" and lines[-2:] == ["END:VCALENDAR", ""]
    assert all(len(line.encode()) <= 75 for line in lines)
    uids = [line for line in lines if line.startswith("UID:")]
    assert len(uids) == len(set(uids)) == text.count("BEGIN:VEVENT") == 5
    assert "DTSTART:20261123T110000Z" in lines and "SUMMARY:서동희 · 야간 순찰" in lines
    again = calendar_of(roster, PEOPLE, at(0, 18), at(2, 9), at(1, 12))
    assert [line for line in again.split("\r\n") if line.startswith("UID:")] == uids


@given(st.text(max_size=200))
def test_a_line_of_a_calendar_is_put_together_again_as_it_was(text: str) -> None:
    line = f"SUMMARY:{escaped(text)}"
    parts = folded(line)
    assert all(len(part.encode()) <= 75 for part in parts)
    assert "".join([parts[0], *(part.removeprefix(" ") for part in parts[1:])]) == line
    assert "\n" not in line and "\r" not in line


def test_a_form_puts_somebody_in_and_takes_them_out_again() -> None:
    fields = {"from_at": "2026-11-24T02:00", "until_at": "2026-11-24T06:00", "person_1": SEO, "person_2": SEO}
    roster = guards()
    changed = with_override(roster, Edit(mark=mark_of(roster), fields=fields), PEOPLE)
    assert isinstance(changed, Roster) and mark_of(changed) != mark_of(roster)
    (made,) = changed.overrides
    assert (made.from_at, made.until_at, made.responders) == (at(1, 2), at(1, 6), (SEO,))
    (stand_in,) = stand_ins_of(changed, PEOPLE, at(0, 0))
    assert (stand_in.text, stand_in.names, stand_in.over) == ("11.24 02:00–06:00", "서동희", False)
    assert without_override(changed, Edit(mark="", fields={"place": "0"})) == roster
    for wrong, word in (
        ({"until_at": "2026-11-24T01:00"}, "span"),
        ({"until_at": "2027-11-24T01:00"}, "span"),
        ({"from_at": "soon"}, "span"),
        ({"person_1": "", "person_2": ""}, "people"),
        ({"person_1": "stranger"}, "known"),
    ):
        assert with_override(roster, Edit(mark="", fields=fields | wrong), PEOPLE) == f"roster.needs.{word}"
    nobody = Edit(mark="", fields=fields | {"person_1": "", "person_2": "", "nobody": "1"})
    assert isinstance(empty := with_override(roster, nobody, PEOPLE), Roster) and empty.overrides[0].responders == ()
    assert without_override(roster, Edit(mark="", fields={"place": "0"})) == "roster.needs.form"


def test_a_form_lets_people_take_turns() -> None:
    fields = {"person_1": SEO, "person_2": MUN, "from_day": "2026-11-23", "turn_days": "7", "handover": "18:00"}
    hours = {"hours_from": "18:00", "hours_until": "00:00"}
    roster = Roster(roster_id="new", name="새 당직")
    made = with_rotation(roster, Edit(mark="", fields=fields | hours, days=(5, 6)), PEOPLE)
    assert isinstance(made, Roster) and made.rotations[0].hours == (Hours(days=(5, 6), from_minute=1080),)
    assert turns_of(made, PEOPLE, KO)[0].text == "7일씩 · 18:00 교대 · 토일 18:00–24:00 · 2026-11-23부터"
    assert without_rotation(made, Edit(mark="", fields={"place": "0"})) == roster
    assert without_rotation(roster, Edit(mark="", fields={"place": "x"})) == "roster.needs.form"
    always = with_rotation(roster, Edit(mark="", fields=fields), PEOPLE)
    assert isinstance(always, Roster) and always.rotations[0].hours == ()
    assert turns_of(always, {}, EN)[0].names == "guard-seo → guard-mun"
    for wrong, word in (
        ({"person_1": "", "person_2": ""}, "people"),
        ({"person_1": "stranger"}, "known"),
        ({"turn_days": "0"}, "turns"),
        ({"turn_days": "many"}, "turns"),
        ({"handover": "25:00"}, "turns"),
        ({"handover": "nine"}, "turns"),
        ({"from_day": ""}, "turns"),
        ({"hours_from": "18:00"}, "turns"),
    ):
        assert with_rotation(roster, Edit(mark="", fields=fields | wrong), PEOPLE) == f"roster.needs.{word}"


def test_everybody_on_a_roster_has_the_state_of_their_contacts_beside_them() -> None:
    bare = {**PEOPLE, MUN: Responder(responder_id=MUN, name="문가람", kind=ResponderKind.GUARD)}
    told = {one.name: (one.state, one.doubtful) for one in contacts_of(guards(), bare, {}, KO, at(0, 0))}
    assert told == {"문가람": ("연락처 없음", True), "서동희": ("확인 안 됨 · 시험한 적 없음", True)}


def test_a_week_begins_on_its_monday_and_gaps_end_on_the_day_they_end() -> None:
    assert monday_of(date(2026, 11, 29)) == MONDAY
    long = guards(Override(from_at=at(1, 18), until_at=at(2, 9)))
    (line,) = gap_lines(
        felt_gaps(long, [AT_NIGHT], at(0, 0), at(7, 0)), {"night-guards": long}, at(0, 0).astimezone(UTC)
    )
    assert (line.text, line.meant, line.soon) == ("11.24 18:00–11.25 09:00", True, False)
