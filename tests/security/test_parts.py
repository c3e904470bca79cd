"""The bill names everything that a file of ours names, the same each time; no licence slips in unread."""

from itertools import permutations

import pytest

from deploy.supply import reading
from deploy.supply.__main__ import validated
from deploy.supply.bom import bom
from deploy.supply.files import LOCKS, NAMED, ROOT, licences, locked, parts, version
from deploy.supply.licences import READ, REASONS, Told, allowed, forbidden, licence_of
from deploy.supply.parts import Source, Use, merged

SERVICE, TESTS = Source("deploy/requirements.lock", Use.REQUIRED), Source("requirements.lock", Use.EXCLUDED)
DIGEST = "ab" * 32


def test_a_library_of_both_locks_is_one_part_that_the_services_need() -> None:
    text = f"Some_Lib==1.2 ; python_version < '4' \\\n    --hash=sha256:{DIGEST}\n    # via other==3\n"
    (part,) = merged([*reading.requirements(text, TESTS), *reading.requirements(text, SERVICE)])
    assert (part.purl, part.use, part.digests) == (
        "pkg:pypi/some-lib@1.2",
        Use.REQUIRED,
        frozenset({("SHA-256", DIGEST)}),
    )
    assert part.named_by == {"deploy/requirements.lock", "requirements.lock"}


def test_packages_of_each_kind_are_read() -> None:
    constants = '_A: Final = "sigs.example/a/v5@v5.7.1"\n_B: Final = "some-tool==1.2"\n'
    assert [part.purl for part in reading.tools(constants, TESTS)] == [
        "pkg:golang/sigs.example/a/v5@v5.7.1",
        "pkg:pypi/some-tool@1.2",
    ]
    told = '{"version": "1", "integrity": "sha512-q6s=", "license": "MIT"}'
    lock = f'{{"packages": {{"": {{}}, "node_modules/a/node_modules/@b/c": {told}}}}}'
    (npm,) = reading.npm_lock(lock, TESTS)
    assert (npm.purl, npm.licence, npm.digests) == ("pkg:npm/%40b/c@1", "MIT", frozenset({("SHA-512", "abab")}))
    docker = (
        "FROM python:3.11-slim\nRUN apt-get update && apt-get install --yes \\\n    libpango-1.0-0 fonts && rm -rf /x\n"
    )
    assert [part.purl for part in reading.images(docker, SERVICE)] == ["pkg:docker/python@3.11-slim"]
    assert [part.purl for part in reading.debian(docker, SERVICE)] == [
        "pkg:deb/debian/libpango-1.0-0",
        "pkg:deb/debian/fonts",
    ]
    assert [part.name for part in reading.debian("needed=(make g++)", TESTS)] == ["make", "g++"]


def test_every_file_that_names_parts_is_read_and_tells_some() -> None:
    named = {name for part in parts() for name in part.named_by}
    assert all({str(file.relative_to(ROOT)) for file in ROOT.glob(one)} & named for one, _, _ in NAMED)
    folders = ("bench", "deploy", "tests", "console", "docs")
    kinds = ("requirements*.txt", "*requirements.lock", "package-lock.json", "pom.xml", "package.json", "go.mod")
    found = {file for kind in kinds for folder in folders for file in (ROOT / folder).rglob(kind)}
    found |= set(ROOT.glob("*requirements.lock"))
    # Beside a lock, a package.json says what the lock says better.
    found -= {file for file in found if file.name == "package.json" and file.with_name("package-lock.json") in found}
    assert {str(file.relative_to(ROOT)) for file in found} <= named


def test_nobody_elses_script_or_letters_lie_in_the_console() -> None:
    assert {file.suffix for file in (ROOT / "console" / "static").iterdir()} <= {".js", ".css", ".svg"}
    texts = {file.name: file.read_text().lower() for file in (ROOT / "console" / "static").iterdir()}
    foreign = ("copyright", "@license", "licensed under")
    assert not [name for name, text in texts.items() if any(word in text for word in foreign)]


def test_the_same_parts_give_the_same_bytes_in_any_order() -> None:
    some = [part for part in parts() if part.name in {"yarl", "mosquitto", "node-red"}]
    assert len({bom(merged(order), version="1") for order in permutations(some)}) == 1
    assert bom(parts(), version=version()) == bom(parts(), version=version())


def test_a_bill_is_valid_by_the_schema() -> None:
    if not (ROOT / ".dolbom" / "supply" / "made").exists():
        pytest.skip("`make sbom`, which holds the bill against its schema, has not been run here")
    # `make sbom` holds the whole against it, which takes long: here one of each kind.
    one_of_each = {part.where.split("/")[0]: part for part in parts()}
    assert len(one_of_each) == 6 and validated(bom(one_of_each.values(), version=version())) == 0


def test_every_library_has_a_licence_that_is_allowed_or_a_reason() -> None:
    for lock in LOCKS.values():
        told = licences(locked(lock))
        assert set(told) == set(locked(lock)) and not forbidden(told)


def test_no_reason_and_no_licence_is_kept_for_a_library_that_has_gone() -> None:
    assert set(READ) | set(REASONS) <= set(locked(LOCKS["everything"]))


@pytest.mark.parametrize(
    "licence", ["AGPL-3.0-only", "GPL-2.0-or-later", "MIT AND GPL-3.0-only", "(MIT OR X) AND MIT", "LGPL-3.0-only", ""]
)
def test_what_binds_whoever_hands_it_on_needs_a_reason(licence: str) -> None:
    assert not allowed(licence) and forbidden({"a": licence})


def test_a_choice_is_ours_and_old_words_are_understood() -> None:
    assert allowed("GPL-2.0-only OR MIT") and allowed("MIT AND PSF-2.0")
    assert licence_of("a", Told(expression="MIT", licence="GPL")) == "MIT"
    assert licence_of("a", Told(licence="MIT License")) == "MIT"
    assert licence_of("a", Told(licence="Copyright us", classifiers=["OSI Approved", "BSD License"])) == "BSD-3-Clause"
    assert licence_of("a", Told(classifiers=["MIT License", "GNU Affero General Public License v3"])) == ""
    assert licence_of("a", Told()) == ""
