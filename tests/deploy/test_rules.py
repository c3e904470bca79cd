"""The rules of Prometheus ring when they should and only then, and whoever is woken finds what to do."""

import shutil
import subprocess
from typing import Any

import pytest
import yaml

from deploy.embedded.stack import ROOT
from deploy.prometheus.runbook import PAGE, RULES_FILE, runbook_of, sections, unanswered

RULES: list[Any] = [rule for group in yaml.safe_load(RULES_FILE.read_text())["groups"] for rule in group["rules"]]
SECTIONS = sections((ROOT / PAGE).read_text())


def asked_of_promtool(*words: str) -> subprocess.CompletedProcess[str]:
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("the rules were not tried: promtool is not installed (Debian: prometheus)")
    return subprocess.run([promtool, *words], cwd=RULES_FILE.parent, capture_output=True, text=True, timeout=60)


def test_prometheus_can_read_its_rules() -> None:
    done = asked_of_promtool("check", "config", "prometheus.yml")
    assert done.returncode == 0, done.stdout + done.stderr


def test_rules_ring_when_they_should_and_not_when_they_should_not() -> None:
    done = asked_of_promtool("test", "rules", "rules_test.yml")
    assert done.returncode == 0, done.stdout + done.stderr


def test_what_rings_for_homes_is_tried() -> None:
    tried = (RULES_FILE.parent / "rules_test.yml").read_text()
    important = {
        "ServiceDown",
        "BrokerAway",
        "NoReadings",
        "PartitionsUnwatched",
        "DetectorsLag",
        "OutboxStuck",
        "PushesFail",
        "SyntheticAlarmMissed",
    }
    tests = yaml.safe_load(tried)["tests"]
    rung = {one["alertname"] for test in tests for one in test["alert_rule_test"] if "exp_alerts" in one}
    silent = {one["alertname"] for test in tests for one in test["alert_rule_test"] if "exp_alerts" not in one}
    assert important <= rung & silent


def test_the_runbook_has_a_section_for_every_alert_and_for_no_other() -> None:
    assert list(SECTIONS) == [rule["alert"] for rule in RULES]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_an_alert_leads_to_its_section_which_answers_four_questions(rule: Any) -> None:
    assert rule["annotations"]["runbook_url"] == runbook_of(rule["alert"])
    assert list(unanswered(SECTIONS[rule["alert"]])) == []
    assert f"`{rule['labels']['severity']}`" in SECTIONS[rule["alert"]]


def test_a_section_that_says_nothing_is_seen() -> None:
    said = sections("## Rules\n### LoopStuck\n\n* **For homes**: None at all.\n* **Mend**: \n")
    assert list(unanswered(said["LoopStuck"])) == ["Look first", "Mend", "Over when"]
