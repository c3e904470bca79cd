"""Whom a step calls: with consent, in their hours, by roster and condition; and what holds whatever the policy says."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts import escalation, plan
from alerts.escalation import Call
from alerts.model import Alert, Purpose
from alerts.transition import Context
from contracts import AlertId, Evidence, Hazard, HomeId, ResponderId, Sentence, Severity
from homes.model import Channel, Contact, Hours, Policy, PolicyStep, Responder, ResponderKind, Shift, When
from homes.shipped import DEFAULT
from tests.alerts.building import NOON

FAMILY, GUARD, OPERATOR = ResponderKind.FAMILY, ResponderKind.GUARD, ResponderKind.OPERATOR
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
PUSH = Contact(channel=Channel.WEB_PUSH, address="subscribed")
OFFICE = (Hours(days=(0, 1, 2, 3, 4), from_minute=540, until_minute=1080),)


def a_person(name: str, kind: ResponderKind = FAMILY, *contacts: Contact, hours: tuple[Hours, ...] = ()) -> Responder:
    return Responder(
        responder_id=ResponderId(name), name="홍길순", kind=kind, contacts=contacts or (PUSH,), hours=hours
    )


def a_policy(*steps: PolicyStep, repeat: int = 180) -> Policy:
    return Policy(policy_id="p", name="p", steps=steps, repeat_every_seconds=repeat)


def a_step(
    after: int = 0, *kinds: ResponderKind, times: int = 1, again: int = 60, when: When | None = None
) -> PolicyStep:
    return PolicyStep(after_seconds=after, kinds=kinds, times=times, again_after_seconds=again, when=when or When())


def an_alert(policy: Policy, severity: Severity = Severity.EMERGENCY, hazard: Hazard = Hazard.HELP) -> Alert:
    return Alert(
        alert_id=AlertId("a"),
        home_id=HomeId("h-0001"),
        hazard=hazard,
        kind="help_button",
        severity=severity,
        opened_at=NOON,
        since=NOON,
        due_at=NOON,
        policy=policy,
        evidence=Evidence(rule="x/1", sentence=Sentence(ko="가", en="x")),
    )


def told(call: Call) -> list[str]:
    return [one.responder_id for one in call.notifications]


def story(alert: Alert, context: Context, *, calls: int, at: datetime = NOON) -> list[tuple[timedelta, Call]]:
    """Let the timers run out so often; tell when each call was made and whom it reached."""
    now, called = at, escalation.begin(alert, context, at)
    lines = [(timedelta(0), called)]
    for _ in range(calls):
        assert called.alert.due_at is not None
        now = called.alert.due_at
        called = escalation.call(called.alert, context, now)
        lines.append((now - at, called))
    return lines


def seconds(lines: list[tuple[timedelta, Call]]) -> list[tuple[int, list[str]]]:
    return [(int(after.total_seconds()), told(call)) for after, call in lines]


SON, AUNT, WATCH = a_person("son"), a_person("aunt"), a_person("watch", GUARD)
BOSS = a_person("boss", ResponderKind.SUPERVISOR)


def test_whoever_did_not_consent_is_never_called_not_even_by_a_roster() -> None:
    refused = replace(SON, consented=False)
    step = PolicyStep(after_seconds=0, kinds=(FAMILY,), rosters=("night",))
    context = Context(responders=(refused, AUNT), rosters={"night": (SON, WATCH)})
    call = escalation.begin(an_alert(a_policy(step)), context, NOON)
    assert told(call) == ["aunt", "watch"]


def test_whoever_is_on_duty_is_called_after_the_homes_own_people_and_once() -> None:
    step = PolicyStep(after_seconds=0, kinds=(FAMILY,), rosters=("night", "day"))
    context = Context(responders=(SON, AUNT), rosters={"night": (WATCH, AUNT), "day": (WATCH,)})
    assert told(escalation.begin(an_alert(a_policy(step)), context, NOON)) == ["son", "aunt", "watch"]
    assert plan.person(context, WATCH.responder_id) == WATCH
    assert plan.person(context, ResponderId("stranger")) is None


def test_nobody_is_called_outside_their_hours() -> None:
    day_only = replace(SON, hours=OFFICE)
    step = a_policy(a_step(0, FAMILY))
    context = Context(responders=(day_only, AUNT))
    sunday, monday = NOON, NOON + timedelta(days=1)
    assert told(escalation.begin(an_alert(step), context, sunday)) == ["aunt"]
    assert told(escalation.begin(an_alert(step), context, monday)) == ["son", "aunt"]


def test_an_emergency_with_nobody_else_left_calls_them_all_the_same() -> None:
    day_only = replace(SON, hours=OFFICE)
    context = Context(responders=(day_only,), manned=False)
    policy = a_policy(a_step(0, FAMILY, OPERATOR))
    assert told(escalation.begin(an_alert(policy), context, NOON)) == ["son"]
    assert told(escalation.begin(an_alert(policy, Severity.URGENT), context, NOON)) == []
    # Operators are somebody else: the son sleeps until a whole list was called and nobody has answered.
    manned = replace(context, manned=True)
    assert seconds(story(an_alert(policy), manned, calls=1)) == [(0, []), (180, ["son"])]


def test_a_step_calls_as_often_as_it_says_before_the_next_has_its_turn() -> None:
    policy = a_policy(a_step(0, FAMILY, times=3, again=40), a_step(100, GUARD))
    lines = story(an_alert(policy), Context(responders=(SON, WATCH)), calls=4)
    assert seconds(lines) == [(0, ["son"]), (40, ["son"]), (80, ["son"]), (180, ["watch"]), (360, ["son"])]
    names = [one.notification_id for _, call in lines for one in call.notifications]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    "when",
    [
        When(hazards=(Hazard.FIRE,)),
        When(severities=(Severity.CAUTION,)),
        When(districts=("d-9",)),
        When(shift=Shift.DAY),
        When(hours=OFFICE),
    ],
)
def test_a_step_that_does_not_apply_costs_no_time(when: When) -> None:
    policy = a_policy(
        a_step(0, FAMILY), a_step(60, GUARD, when=when), a_step(120, FAMILY), a_step(60, GUARD, when=when)
    )
    lines = story(an_alert(policy), Context(responders=(SON, WATCH, BOSS)), calls=3)
    assert seconds(lines) == [(0, ["son"]), (120, ["son"]), (300, ["boss", "son"]), (420, ["son"])]


def test_a_step_is_judged_by_the_time_at_which_its_turn_comes() -> None:
    """The office opens at nine on Monday; what began two minutes before is passed on to it then."""
    before_nine = datetime(2026, 11, 23, 8, 58, tzinfo=UTC) - 9 * HOUR
    policy = a_policy(a_step(0, FAMILY), a_step(120, GUARD, when=When(shift=Shift.DAY)))
    lines = story(an_alert(policy), Context(responders=(SON, WATCH)), calls=1, at=before_nine)
    assert seconds(lines) == [(0, ["son"]), (120, ["watch"])]


def test_one_person_is_pushed_now_and_rung_up_two_minutes_later() -> None:
    voice = Contact(channel=Channel.VOICE, address="010-0000-0001", after_seconds=120)
    sms = Contact(channel=Channel.SMS, address="010-0000-0001")
    son = a_person("son", FAMILY, PUSH, voice, sms)
    push, call = escalation.begin(an_alert(a_policy(a_step(0, FAMILY))), Context(responders=(son,)), NOON).notifications
    assert (push.contact, push.send_at) == (0, None)
    assert (call.contact, call.send_at, call.channel) == (1, NOON + 2 * MINUTE, Channel.VOICE)
    hurried = escalation.next_contact(push, son, NOON + MINUTE)
    assert hurried and hurried.notification_id == call.notification_id and hurried.send_at is None
    last = escalation.next_contact(hurried, son, NOON + MINUTE)
    assert last and last.channel is Channel.SMS and escalation.next_contact(last, son, NOON) is None


def test_an_empty_centre_is_not_waited_for() -> None:
    policy = a_policy(a_step(0, OPERATOR), a_step(60, FAMILY))
    empty = escalation.begin(an_alert(policy), Context(responders=(SON,), manned=False), NOON)
    assert told(empty) == ["son"] and empty.unmanned
    manned = escalation.begin(an_alert(policy), Context(responders=(SON,)), NOON)
    assert told(manned) == [] and not manned.unmanned and manned.somebody


def test_that_there_is_nobody_at_all_is_said() -> None:
    policy = a_policy(a_step(0, OPERATOR), a_step(60, FAMILY))
    alone = escalation.begin(an_alert(policy), Context(manned=False), NOON)
    assert alone.nobody and alone.exhausted and alone.unmanned
    assert not escalation.begin(an_alert(policy), Context(responders=(BOSS,), manned=False), NOON).nobody


def test_a_policy_that_names_a_severity_says_itself_how_patient_it_is() -> None:
    context = Context(responders=(SON,))
    silent = story(an_alert(a_policy(a_step(0, FAMILY)), Severity.CAUTION), context, calls=1)
    assert seconds(silent) == [(0, []), (900, ["son"])]
    named = a_policy(a_step(120, FAMILY, when=When(severities=(Severity.CAUTION,))))
    assert seconds(story(an_alert(named, Severity.CAUTION), context, calls=1)) == [(0, []), (120, ["son"])]


def test_a_policy_on_which_no_step_applies_goes_to_the_supervisor() -> None:
    never = a_policy(a_step(0, FAMILY, when=When(hazards=(Hazard.FIRE,))))
    call = escalation.begin(an_alert(never), Context(responders=(SON, BOSS)), NOON)
    assert told(call) == ["boss"] and call.exhausted


TEAM, DISTRICT_119 = a_person("team", ResponderKind.RESPONDER_TEAM), a_person("119", ResponderKind.EMERGENCY_SERVICE)
LIST = (a_person("desk", OPERATOR), SON, WATCH, TEAM, DISTRICT_119, BOSS)


@pytest.mark.parametrize("severity", [Severity.EMERGENCY, Severity.URGENT])
def test_the_shipped_policy_has_119_called_after_three_minutes_without_an_answer(severity: Severity) -> None:
    assert seconds(story(an_alert(DEFAULT, severity), Context(responders=LIST), calls=5)) == [
        (0, ["desk"]),
        (30, ["team", "boss"]),
        (60, ["desk", "son", "watch", "boss"]),
        (120, ["desk", "son", "watch", "boss"]),
        (180, ["119"]),
        (300, ["boss", "desk"]),
    ]


def test_the_shipped_policy_is_slower_with_a_caution_and_leaves_119_out() -> None:
    assert seconds(story(an_alert(DEFAULT, Severity.CAUTION), Context(responders=LIST), calls=3)) == [
        (0, ["desk"]),
        (60, ["boss"]),
        (300, ["desk", "son", "watch", "team"]),
        (420, ["boss", "desk"]),
    ]


def test_the_wait_for_the_next_call_is_that_of_this_case() -> None:
    mild = an_alert(DEFAULT, Severity.CAUTION)
    began = escalation.begin(mild, Context(responders=LIST), NOON).alert
    assert plan.next_wait(began) == MINUTE
    urgent = story(an_alert(DEFAULT, Severity.URGENT), Context(responders=LIST), calls=4)
    assert [plan.next_wait(call.alert).total_seconds() for _, call in urgent] == [30, 30, 60, 60, 120]


# What holds whatever the policy says.

KINDS = st.sampled_from([FAMILY, GUARD, OPERATOR, ResponderKind.CARE_MANAGER, ResponderKind.EMERGENCY_SERVICE])
CONTACTS = st.lists(
    st.builds(
        Contact,
        channel=st.sampled_from([Channel.WEB_PUSH, Channel.VOICE, Channel.SMS]),
        address=st.just("010-0000-0001"),
        after_seconds=st.none() | st.integers(0, 600),
    ),
    max_size=3,
).map(tuple)
HOURS = st.sampled_from([(), OFFICE, (Hours(from_minute=1320, until_minute=360),)])
WHENS = st.just(When()) | st.builds(
    When,
    hazards=st.sampled_from([(), (Hazard.HELP,), (Hazard.FIRE,)]),
    severities=st.sampled_from([(), (Severity.EMERGENCY,), (Severity.CAUTION,)]),
    shift=st.none() | st.sampled_from(Shift),
    hours=HOURS,
)
PEOPLE = st.lists(
    st.builds(
        Responder,
        responder_id=st.sampled_from([ResponderId(f"r-{number}") for number in range(8)]),
        name=st.just("홍길순"),
        kind=KINDS | st.just(ResponderKind.SUPERVISOR),
        contacts=CONTACTS,
        hours=HOURS,
        consented=st.booleans(),
    ),
    max_size=6,
    unique_by=lambda one: one.responder_id,
).map(tuple)


def policies(whens: st.SearchStrategy[When]) -> st.SearchStrategy[Policy]:
    steps = st.builds(
        PolicyStep,
        after_seconds=st.sampled_from([0, 0, 30, 60, 3600]),
        kinds=st.lists(KINDS, max_size=3, unique=True).map(tuple),
        rosters=st.sampled_from([(), ("night",)]),
        when=whens,
        times=st.integers(1, 3),
        again_after_seconds=st.integers(10, 120),
    )
    return st.builds(
        Policy,
        policy_id=st.just("p"),
        name=st.just("p"),
        steps=st.lists(steps, max_size=4).map(tuple),
        repeat_every_seconds=st.sampled_from([0, 10, 180]),
    )


CONTEXTS = st.builds(
    Context,
    responders=PEOPLE,
    rosters=PEOPLE.map(lambda people: {"night": people}),
    manned=st.booleans(),
    timezone=st.sampled_from(["Asia/Seoul", "Europe/Berlin"]),
)
SEVERITIES = st.sampled_from([Severity.EMERGENCY, Severity.URGENT, Severity.CAUTION])
MOMENTS = st.integers(0, 365 * 24 * 60).map(lambda minutes: NOON + minutes * MINUTE)
#: At night each law is tried with more.
WHATEVER = settings(max_examples=max(500, settings().max_examples), deadline=None)


@pytest.mark.laws
@WHATEVER
@given(policies(WHENS), CONTEXTS, SEVERITIES, MOMENTS)
def test_it_never_gives_up_and_time_moves_only_forward(
    policy: Policy, context: Context, severity: Severity, at: datetime
) -> None:
    """Each call has a due time after it, climbs at least a step, and is named as no other."""
    lines = story(an_alert(policy, severity), context, calls=12, at=at)
    for (before, was), (after, now) in pairwise(lines):
        assert after > before and now.alert.step > was.alert.step
        assert now.somebody or now.exhausted
    names = [one.notification_id for _, call in lines for one in call.notifications]
    assert len(names) == len(set(names))
    assert lines[-1][1].alert.due_at is not None


@pytest.mark.laws
@WHATEVER
@given(policies(WHENS), CONTEXTS, SEVERITIES, MOMENTS)
def test_nobody_is_ever_called_without_consent(
    policy: Policy, context: Context, severity: Severity, at: datetime
) -> None:
    refused = {one.responder_id for one in context.responders if not one.consented}
    agreed = {one.responder_id for people in context.rosters.values() for one in people if one.consented}
    agreed = {one.responder_id for one in context.responders if one.consented} | (agreed - refused)
    for _, call in story(an_alert(policy, severity), context, calls=10, at=at):
        assert set(told(call)) <= agreed


@pytest.mark.laws
@WHATEVER
@given(policies(st.just(When())), CONTEXTS, MOMENTS)
def test_every_round_of_an_emergency_reaches_everybody_who_consented(
    policy: Policy, context: Context, at: datetime
) -> None:
    """The first round respects their hours; when a whole list has not answered, everybody on it is wanted."""
    rungs = len(plan.ladder(policy))
    rounds: dict[int, set[str]] = {}
    for _, call in story(an_alert(policy), context, calls=3 * rungs + 4, at=at):
        reached = {one.responder_id for one in call.notifications if one.purpose is Purpose.HELP}
        rounds.setdefault(call.alert.rounds, set()).update(reached)
    wanted = {
        one.responder_id for step in policy.steps for one in plan.candidates(step, context) if plan.reachable(one)
    }
    assert rounds.get(1, set()) == wanted


@pytest.mark.laws
@WHATEVER
@given(policies(st.just(When())), CONTEXTS, SEVERITIES, st.sampled_from([(3, 29), (10, 25)]), st.integers(0, 240))
def test_daylight_saving_neither_loses_nor_doubles_a_step(
    policy: Policy, context: Context, severity: Severity, day: tuple[int, int], minutes: int
) -> None:
    always = replace(context, timezone="Europe/Berlin", rosters={}, responders=_any_time(context.responders))
    night = datetime(2026, *day, tzinfo=UTC) - HOUR + minutes * MINUTE
    usual = story(an_alert(policy, severity), always, calls=8, at=night - timedelta(days=14))
    assert seconds(story(an_alert(policy, severity), always, calls=8, at=night)) == seconds(usual)


def _any_time(people: tuple[Responder, ...]) -> tuple[Responder, ...]:
    return tuple(replace(one, hours=()) for one in people)


@pytest.mark.laws
@WHATEVER
@given(policies(WHENS), policies(WHENS), CONTEXTS, MOMENTS)
def test_an_edit_of_the_policy_does_not_disturb_what_runs(
    policy: Policy, edited: Policy, context: Context, at: datetime
) -> None:
    """The alert goes by the policy that it copied when it opened, whatever the home's says by now."""
    before, after = (replace(context, policy=one) for one in (policy, edited))
    assert story(an_alert(policy), before, calls=8, at=at) == story(an_alert(policy), after, calls=8, at=at)
