"""Outlines of dongs from a GeoJSON file, simplified until a page can carry them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import cos, hypot, radians
from typing import Final

from console.map.grid import BadMap

#: The picture's field, and the largest picture that a page carries.
WIDTH: Final = 1000.0
LARGEST: Final = 150_000
#: A feature names its dong by one of these.
_NAMES: Final = ("dong", "name", "adm_nm", "EMD_KOR_NM")
_FIRST_TOLERANCE: Final = 0.5

Point = tuple[float, float]
Ring = list[Point]


@dataclass(frozen=True, kw_only=True)
class Outline:
    """One dong's outline in the picture's field."""

    dong: str
    path: str
    #: Where its name and symbols stand.
    x: float
    y: float


@dataclass(frozen=True, kw_only=True)
class Outlines:
    """All of them, and the height of the field."""

    height: float
    dongs: tuple[Outline, ...]


def read_outlines(tree: object) -> Outlines:
    """Read a GeoJSON tree and simplify it; raise BadMap."""
    rings = {dong: found for dong, found in _features(tree) if found}
    if not rings:
        raise BadMap("features: 동의 경계가 없습니다 (no outline with a dong's name)")
    placed, height = _projected(rings)
    tolerance = _FIRST_TOLERANCE
    while True:
        drawn = tuple(_outline(dong, found, tolerance) for dong, found in placed.items())
        if sum(len(one.path) for one in drawn) < LARGEST or tolerance > WIDTH:
            return Outlines(height=height, dongs=drawn)
        tolerance *= 1.5


def simplified(ring: Sequence[Point], tolerance: float) -> Ring:
    """Leave out the points of a line that lie no further from it than the tolerance (Douglas and Peucker)."""
    keep = {0, len(ring) - 1}
    waiting = [(0, len(ring) - 1)]
    while waiting:
        first, last = waiting.pop()
        if last - first < 2:
            continue
        far, place = max((_distance(ring[n], ring[first], ring[last]), n) for n in range(first + 1, last))
        if far > tolerance:
            keep.add(place)
            waiting += [(first, place), (place, last)]
    return [ring[n] for n in sorted(keep)]


def _features(tree: object) -> Iterator[tuple[str, list[Ring]]]:
    features = tree.get("features") if isinstance(tree, dict) else None
    if not isinstance(features, list):
        raise BadMap("GeoJSON 이 아닙니다 (not a GeoJSON FeatureCollection)")
    for feature in features:
        fields = feature if isinstance(feature, dict) else {}
        said, shape = fields.get("properties") or {}, fields.get("geometry") or {}
        name = next((said[key] for key in _NAMES if isinstance(said.get(key), str) and said[key]), "")
        if name:
            # A register names the city and the gu before the dong.
            yield name.split()[-1], list(_rings(shape.get("type"), shape.get("coordinates")))


def _rings(kind: object, coordinates: object) -> Iterator[Ring]:
    polygons = [coordinates] if kind == "Polygon" else coordinates if kind == "MultiPolygon" else []
    for polygon in polygons if isinstance(polygons, list) else []:
        for ring in polygon if isinstance(polygon, list) else []:
            try:
                points = [(float(point[0]), float(point[1])) for point in ring]
            except (TypeError, ValueError, IndexError) as error:
                raise BadMap("coordinates: 숫자가 아닙니다 (a point is two numbers)") from error
            if len(points) >= 4:
                yield points


def _projected(rings: dict[str, list[Ring]]) -> tuple[dict[str, list[Ring]], float]:
    points = [point for found in rings.values() for ring in found for point in ring]
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    # Degrees of longitude are shorter than those of latitude; a city is small enough for one measure.
    narrow = cos(radians((south + north) / 2))
    scale = WIDTH / max((east - west) * narrow, 1e-9)
    height = round((north - south) * scale, 1)
    placed = {
        dong: [[((x - west) * narrow * scale, (north - y) * scale) for x, y in ring] for ring in found]
        for dong, found in rings.items()
    }
    return placed, height


def _outline(dong: str, rings: list[Ring], tolerance: float) -> Outline:
    drawn = [simplified(ring, tolerance) for ring in rings]
    path = "".join("M" + " ".join(f"{x:.1f},{y:.1f}" for x, y in ring) + "Z" for ring in drawn if len(ring) >= 3)
    widest = max(rings, key=len)
    x, y = sum(point[0] for point in widest) / len(widest), sum(point[1] for point in widest) / len(widest)
    return Outline(dong=dong, path=path, x=round(x, 1), y=round(y, 1))


def _distance(point: Point, start: Point, end: Point) -> float:
    across, down = end[0] - start[0], end[1] - start[1]
    length = hypot(across, down)
    if not length:
        return hypot(point[0] - start[0], point[1] - start[1])
    return abs(across * (start[1] - point[1]) - (start[0] - point[0]) * down) / length
