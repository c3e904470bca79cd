"""Tiles and outlines of the map."""

from math import cos, sin, tau

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.map.files import load_layout
from console.map.grid import BadMap, Place, Standing, read_places, tiles_of, usual_places
from console.map.outlines import LARGEST, read_outlines, simplified
from homes.model import District
from runtime.settings import Console


def a_standing(dong: str, homes: int = 10, lost: int = 0, **open_alerts: int) -> Standing:
    return Standing(district_id=dong, gu="새빛구", dong=dong, homes=homes, open=open_alerts, not_protected=lost)


def test_a_tile_counts_the_worst_first_and_is_grey_when_quiet() -> None:
    places = (Place(dong="매화동", row=0, col=1), Place(dong="죽림동", row=1, col=0))
    one, two = tiles_of(places, [a_standing("매화동", device=2, emergency=1), a_standing("죽림동")])
    assert one.open == (("1", "emergency", 1), ("T", "device", 2))
    assert (one.worst, one.quiet, one.col) == ("1", False, 1)
    assert two.quiet
    assert not tiles_of([Place(dong="매화동", row=0, col=0)], [a_standing("매화동", lost=3)])[0].quiet


def test_a_dong_that_the_file_forgot_stands_below() -> None:
    tiles = tiles_of([Place(dong="매화동", row=2, col=0)], [a_standing("매화동"), a_standing("새터동")])
    assert [(tile.dong, tile.row) for tile in tiles] == [("매화동", 2), ("새터동", 3)]


@settings(max_examples=50, deadline=None)
@given(st.sets(st.text("가나다라마", min_size=1, max_size=5), max_size=60))
def test_each_dong_has_a_place_of_its_own(names: set[str]) -> None:
    places = usual_places(District(district_id=name, city="한빛시", gu="", dong=name) for name in names)
    assert len({(one.row, one.col) for one in places}) == len(names) == len({one.dong for one in places})


@pytest.mark.parametrize(
    "tree",
    [
        None,
        {"tiles": []},
        {"tiles": [{"dong": "", "row": 0, "col": 0}]},
        {"tiles": [{"dong": "매화동", "row": "0", "col": 0}]},
        {"tiles": [{"dong": "매화동", "row": 0, "col": 400}]},
        {"tiles": [{"dong": "매화동", "row": 0, "col": 0}, {"dong": "죽림동", "row": 0, "col": 0}]},
        {"tiles": [{"dong": "매화동", "row": 0, "col": 0}, {"dong": "매화동", "row": 0, "col": 1}]},
    ],
)
def test_a_file_that_lays_nothing_out_is_refused(tree: object) -> None:
    with pytest.raises(BadMap):
        read_places(tree)


def a_city(points: int) -> dict[str, object]:
    def ring(x: float) -> list[list[float]]:
        around = [
            [x + 0.01 * cos(n / points * tau) * (1 + 0.02 * sin(n)), 37.5 + 0.01 * sin(n / points * tau)]
            for n in range(points)
        ]
        return [*around, around[0]]

    return {
        "type": "FeatureCollection",
        "features": [
            {
                "properties": {"adm_nm": f"한빛시 새빛구 {dong}"},
                "geometry": {"type": "Polygon", "coordinates": [ring(127 + 0.02 * n)]},
            }
            for n, dong in enumerate(("매화동", "죽림동"))
        ],
    }


def test_outlines_are_simplified_until_a_page_can_carry_them() -> None:
    drawn = read_outlines(a_city(20_000))
    assert {one.dong for one in drawn.dongs} == {"매화동", "죽림동"}
    assert 200 < sum(len(one.path) for one in drawn.dongs) < LARGEST
    assert drawn.height > 0


def test_a_line_keeps_its_ends_and_its_corners() -> None:
    line = [(0.0, 0.0), (1.0, 0.01), (2.0, 0.0), (2.0, 2.0)]
    assert simplified(line, 0.1) == [(0.0, 0.0), (2.0, 0.0), (2.0, 2.0)]


@pytest.mark.parametrize("tree", [{}, {"features": []}, {"features": [{"properties": {"dong": "매화동"}}]}])
def test_what_is_no_map_is_refused(tree: object) -> None:
    with pytest.raises(BadMap):
        read_outlines(tree)


def test_a_wrong_file_names_its_setting() -> None:
    assert not load_layout(Console()).places
    with pytest.raises(BadMap, match="DOLBOM_CONSOLE_MAP_FILE"):
        load_layout(Console(map_file="/nowhere/map.yaml"))
    with pytest.raises(BadMap, match="DOLBOM_CONSOLE_MAP_OUTLINES"):
        load_layout(Console(map_outlines="/nowhere/dong.geojson"))
