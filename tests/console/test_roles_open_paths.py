"""Which role may take which path, as the one table has it."""

import pytest
from starlette.routing import Route

from console.matrix import PATHS, row_for
from console.roles import GRANTS, Act, Role, acts_of
from console.sessions import Operator
from console.web import Unlisted, refuse_unlisted


def test_every_role_is_granted_something_and_every_act_is_somebodys() -> None:
    assert set(GRANTS) == set(Role)
    assert acts_of(Role) == frozenset(Act)


def test_an_auditor_and_an_administrator_change_nothing_about_residents() -> None:
    changing = {Act.BOARD_ACT, Act.HOMES_HOLD, Act.HOMES_EDIT, Act.REVEAL, Act.DEVICES_WORK, Act.REFERRALS}
    assert not acts_of([Role.AUDITOR, Role.ADMIN]) & changing


@pytest.mark.parametrize(
    ("method", "path", "act"),
    [
        ("GET", "/", Act.BOARD_READ),
        ("HEAD", "/", Act.BOARD_READ),
        ("POST", "/alerts/1/close", Act.CLOSE_FILES),
        ("POST", "/alerts/1/ack", Act.BOARD_ACT),
        ("GET", "/r/token", None),
    ],
)
def test_the_first_row_that_fits_decides(method: str, path: str, act: Act | None) -> None:
    assert row_for(method, path) == (True, act)


def test_a_path_that_nobody_listed_has_no_row_and_is_not_served() -> None:
    assert row_for("GET", "/nowhere") == (False, None)
    assert row_for("DELETE", "/") == (False, None)
    refuse_unlisted([Route("/", lambda request: None, methods=["GET"])])
    with pytest.raises(Unlisted, match="GET /forgotten"):
        refuse_unlisted([Route("/forgotten", lambda request: None, methods=["GET"])])


def test_no_path_is_listed_with_a_method_of_its_own_making() -> None:
    assert {method for method, _ in PATHS} <= {"GET", "POST", "DELETE", "PUT", "PATCH"}


def test_whoever_has_no_district_sees_all_and_whoever_has_one_sees_that() -> None:
    assert Operator(name="김지현", session="s").sees("매화동")
    one = Operator(name="김지현", session="s", districts=frozenset({"매화동"}))
    assert one.sees("매화동") and not one.sees("난초동")
