"""The demo's street: a stored day of lively homes raises nothing, and each scene raises what it should."""

from pathlib import Path

import httpx
import pytest

from deploy.embedded.children import loopback_port
from homes import street as streets
from homes.model import Street
from tests.journey.town import Town, town
from tests.until import until

pytestmark = [pytest.mark.journey, pytest.mark.timeout(150)]

HOMES = 13
SCENES = {
    "help_button": ("help", "emergency"),
    "fall": ("fall", "emergency"),
    "smoke": ("fire", "emergency"),
    "battery_low": ("power", "device"),
    "stillness": ("stillness", "caution"),
}


async def test_a_stored_day_raises_nothing_and_each_scene_raises_its_alert(tmp_path: Path) -> None:
    async with town(HOMES) as here:
        control = _live_in(here, tmp_path / "street.yaml")
        await until(lambda: _recorded_all(here), within=60, what="the stored day in the history")
        assert await _raised(here) == set()
        wanted = set()
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{control}") as stage:
            for scene, (hazard, severity) in SCENES.items():
                (home,) = (await stage.post(f"/scenes/{scene}")).json()["homes"]
                wanted.add((home, hazard, severity))

        async def all_raised() -> bool:
            return await _raised(here) >= wanted

        await until(all_raised, within=20, what=f"an alert for each of {sorted(wanted)}")
        assert await _raised(here) == wanted


def _live_in(here: Town, file: Path) -> int:
    street = Street(
        districts=tuple({home.district.district_id: home.district for home in here.homes}.values()),
        policies=(here.homes[0].policy,),
        responders=tuple({one.responder_id: one for home in here.homes for one in home.responders}.values()),
        homes=here.homes,
    )
    file.write_text(streets.dump(street))
    control = loopback_port()
    options = [f"--street={file}", f"--control-port={control}", "--stored-hours=23", "--heartbeat-seconds=2"]
    here.running["simulator"] = here.stack.service("simulator", arguments=["run", *options])
    return control


async def _recorded_all(here: Town) -> bool:
    """Every home has been heard live, so all that it had stored came before."""
    rows = await here.ask(
        "select count(*) from (select home_id from reading where sensor = 'gateway' and ts > now() - interval '30 s'"
        " group by home_id having count(*) > 3) heard"
    )
    return rows[0][0] == HOMES


async def _raised(here: Town) -> set[tuple[object, ...]]:
    return set(await here.ask("select home_id, hazard, severity from alert"))
