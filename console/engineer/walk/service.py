"""What the walk test does beside its pages: end what nobody ended, and print certificates in a process of its own."""

import asyncio
import sys
from typing import Final

import psycopg
import structlog

from history.postgres import HistoryStore
from homes.postgres import HomeStore
from homes.walk_test import SensorProof, WalkTest, ended, judge
from homes.walk_test.postgres import WalkTestStore
from runtime import clock
from runtime.lifecycle import Life
from runtime.postgres import Pool

log = structlog.get_logger()

#: The last press of a test reaches history within this.
GRACE_SECONDS: Final = 10.0
_SWEEP_SECONDS: Final = 15.0
#: A certificate takes a second or two; one that takes longer is given up.
PRINTING_SECONDS: Final = 30.0
#: WeasyPrint loads Pango and HarfBuzz: a fault of theirs ends their own process and not the console.
_WEASYPRINT: Final = ("-m", "weasyprint", "--quiet", "--pdf-variant", "pdf/ua-1", "--encoding", "utf-8", "-", "-")
#: What to install when WeasyPrint cannot load its libraries, and the font without which Korean is boxes.
APT_PACKAGES: Final = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-cjk"


class Unprintable(Exception):
    """The certificate could not be printed; the message is the word of the catalogue that says what to do."""


class Walks:
    """Walk tests with what history heard of them."""

    def __init__(self, pool: Pool) -> None:
        self.store = WalkTestStore(pool)
        self._homes = HomeStore(pool)
        self._history = HistoryStore(pool)

    async def heard(self, test: WalkTest) -> list[SensorProof]:
        """Tell how far each registered sensor is proven so far."""
        home = await self._homes.watched(test.home_id)
        readings = await self._history.arrived(test.home_id, test.begun_at, test.ended_at or test.until_at)
        return judge(home.sensors if home else (), readings)

    async def finish(self, test: WalkTest) -> WalkTest:
        """End a test now, or at its last moment when that is past; its result is written once."""
        done = ended(test, await self.heard(test), clock.now())
        if await self.store.finish(done):
            log.info("walk_test_ended", home_id=done.home_id, test_id=done.test_id, passed=done.passed)
        return done

    async def sweep(self, life: Life) -> None:
        """End the tests whose time is over and which nobody ended, for ever."""
        while not life.stopping.is_set():
            try:
                for test in await self.store.overdue(seconds=GRACE_SECONDS):
                    await self.finish(test)
            except psycopg.OperationalError as error:
                log.warning("walk_tests_not_ended", error=type(error).__name__)
            life.turned("walk_tests")
            await life.rest(_SWEEP_SECONDS)


class Printer:
    """Makes PDFs, one at a time: a process of WeasyPrint takes a processor and some 100 MB."""

    def __init__(self, *, path: str = "", seconds: float = PRINTING_SECONDS) -> None:
        self._one = asyncio.Semaphore(1)
        #: Where Python looks first; nothing of our own environment is handed on, for it holds our secrets.
        self._environment = {"PYTHONPATH": path, "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
        self._seconds = seconds

    async def print(self, html: str) -> bytes:
        """Print a page as a tagged PDF; raise Unprintable."""
        async with self._one:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                *_WEASYPRINT,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                env=self._environment,
            )
            try:
                async with asyncio.timeout(self._seconds):
                    pdf, said = await process.communicate(html.encode())
            except TimeoutError:
                log.error("certificate_not_printed", reason="took too long")
                raise Unprintable("walk.print_slow") from None
            finally:
                if process.returncode is None:
                    process.kill()
                    await process.wait()
        return _checked(process.returncode, pdf, said.decode(errors="replace"))


def _checked(status: int | None, pdf: bytes, said: str) -> bytes:
    if status == 0 and pdf.startswith(b"%PDF"):
        return pdf
    missing = "cannot load library" in said or "No module named" in said
    log.error("certificate_not_printed", status=status, reason="library missing" if missing else "failed")
    raise Unprintable("walk.print_missing" if missing else "walk.print_failed")
