"""Ask the database for everything that fits a search, within the reader's districts."""

from typing import Any, Final, LiteralString

from console.people import masked
from console.search.asked import MOST, Asked, Group, Hit
from console.spans import ZONE
from console.words import Words
from runtime.postgres import Pool


class SearchStore:
    """Homes, alerts, responders and devices by what they are called."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def homes(self, asked: Asked, districts: frozenset[str], *, persons: bool) -> Group:
        """Find homes by name, address, dong, number and the end of the resident's telephone number."""
        rows = await self._rows(_HOMES, asked, districts, persons=persons)
        hits = (
            Hit(
                path=f"/homes/{home_id}",
                title=name if persons else masked(name),
                about=f"{dong} {address} · {home_id}" if persons else f"{dong} · {home_id}",
            )
            for home_id, name, dong, address in rows
        )
        return Group(key="homes", hits=tuple(hits))

    async def alerts(self, asked: Asked, districts: frozenset[str], words: Words) -> Group:
        """Find alerts by their short id, or by the beginning of their whole one."""
        rows = await self._rows(_ALERTS, asked, districts) if asked.alert else []
        hits = (
            Hit(
                path=f"/alerts/{alert_id}",
                title=f"A-{opened.astimezone(ZONE):%y%m%d}-{alert_id[:4]}",
                about=" · ".join((words(f"severity.{severity}"), words(f"state.{state}"), dong, home_id)),
            )
            for alert_id, opened, severity, state, dong, home_id in rows
        )
        return Group(key="alerts", hits=tuple(hits))

    async def responders(self, asked: Asked, districts: frozenset[str], words: Words) -> Group:
        """Find responders by name and by the end of their number; each leads to a home whose list they are on."""
        rows = await self._rows(_RESPONDERS, asked, districts)
        hits = (
            Hit(
                path=f"/homes/{home_id}?tab=people",
                title=name,
                about=" · ".join((words(f"kind.{kind}"), words("search.homes", n=count))),
            )
            for name, kind, home_id, count in rows
        )
        return Group(key="responders", hits=tuple(hits))

    async def devices(self, asked: Asked, districts: frozenset[str], words: Words) -> Group:
        """Find sensors by their names."""
        rows = await self._rows(_DEVICES, asked, districts)
        hits = (
            Hit(
                path=f"/homes/{home_id}?tab=sensors",
                title=sensor_id,
                about=" · ".join((words.texts.get(f"sensor.{kind}", kind), dong, home_id)),
            )
            for sensor_id, kind, home_id, dong in rows
        )
        return Group(key="devices", hits=tuple(hits))

    async def gateways(self, asked: Asked, districts: frozenset[str], *, persons: bool, raw: bool) -> Group:
        """Find gateways by what they and their devices call themselves, by their certificates, and by their homes.

        A name is what an installer typed, and may be a resident's: who reads masked neither finds by it nor sees it.
        Who may read a gateway's messages is led to them.
        """
        rows = await self._rows(_GATEWAYS, asked, districts, persons=persons, raw=raw)
        hits = (
            Hit(
                path=f"/engineer/homes/{home_id}/messages" if raw else f"/homes/{home_id}?tab=sensors",
                title=home_id,
                about=" · ".join(part for part in (name, dialect, dong) if part),
            )
            for home_id, dong, dialect, name in rows
        )
        return Group(key="gateways", hits=tuple(hits))

    async def _rows(
        self,
        statement: LiteralString,
        asked: Asked,
        districts: frozenset[str],
        *,
        persons: bool = True,
        raw: bool = False,
    ) -> list[tuple[Any, ...]]:
        fields = {
            "word": asked.word.lower(),
            "digits": asked.digits,
            "alert": asked.alert,
            "day": asked.day,
            "serial": asked.serial,
            "persons": persons,
            "raw": raw,
            "everywhere": not districts,
            "districts": list(districts),
            "most": MOST + 1,
        }
        async with self._pool.connection() as connection:
            return await (await connection.execute(statement, fields)).fetchall()


_SEEN: Final = "(%(everywhere)s or h.district_id = any(%(districts)s)) and not starts_with(h.home_id, 'synthetic-')"
_HOMES: Final = f"""
    select h.home_id, r.name, d.dong, h.address
    from home h join district d using (district_id) join resident r using (home_id)
    where {_SEEN} and (
        position(%(word)s in h.home_id) > 0 or position(%(word)s in lower(d.dong)) > 0
        or %(persons)s and (
            position(%(word)s in lower(r.name)) > 0 or position(%(word)s in lower(h.address)) > 0
            or %(digits)s <> '' and right(regexp_replace(r.phone, '\\D', '', 'g'), length(%(digits)s)) = %(digits)s
        )
    )
    order by h.home_id <> %(word)s, r.name <> %(word)s, h.home_id limit %(most)s
"""
_ALERTS: Final = f"""
    select a.alert_id, a.opened_at, a.severity, a.state, d.dong, a.home_id
    from alert a join home h using (home_id) join district d using (district_id)
    where {_SEEN} and starts_with(a.alert_id, %(alert)s) and (
        %(day)s = '' or a.opened_at >= to_date(%(day)s, 'YYMMDD')::timestamp at time zone 'Asia/Seoul'
            and a.opened_at < (to_date(%(day)s, 'YYMMDD') + 1)::timestamp at time zone 'Asia/Seoul'
    )
    order by a.opened_at desc limit %(most)s
"""
_RESPONDERS: Final = f"""
    select p.name, p.kind, min(c.home_id), count(*)
    from responder p join home_responder c using (responder_id) join home h on h.home_id = c.home_id
    where {_SEEN} and (
        position(%(word)s in lower(p.name)) > 0
        or %(digits)s <> '' and right(regexp_replace(p.phone, '\\D', '', 'g'), length(%(digits)s)) = %(digits)s
    )
    group by p.responder_id order by p.name, p.responder_id limit %(most)s
"""
_DEVICES: Final = f"""
    select s.sensor_id, s.kind, s.home_id, d.dong
    from sensor s join home h using (home_id) join district d using (district_id)
    where {_SEEN} and position(%(word)s in lower(s.sensor_id)) > 0
    order by s.sensor_id, s.home_id limit %(most)s
"""
_GATEWAYS: Final = f"""
    with named as (
        select distinct on (home_id) home_id, dialect, name from gateway_declaration
        where %(persons)s and position(%(word)s in lower(name)) > 0 order by home_id, name
    )
    select h.home_id, d.dong, coalesce(named.dialect, ''), coalesce(named.name, '')
    from home h join district d using (district_id) left join named using (home_id)
    where {_SEEN} and (
        named.home_id is not null or %(raw)s and position(%(word)s in h.home_id) > 0
        or %(serial)s <> '' and h.home_id in (
            select c.home_id from enrolment_credential c where starts_with(c.serial, %(serial)s)
        )
    )
    order by h.home_id <> %(word)s, h.home_id limit %(most)s
"""
