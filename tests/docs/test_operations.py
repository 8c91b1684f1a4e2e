"""The page for whoever runs Muster, its table of alarms and the rules for Prometheus are true of the code."""

import re
import runpy
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from settlement.evidence.alarm_codes import CentreAlarm
from settlement.evidence.judge import ReviewReason
from settlement.settings import CentreSettings
from settlement.web.board import EvidenceState
from sync.contract.events import AlarmCode

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
MAKER = runpy.run_path(str(DOCS / "make_alarms.py"))
PAGE = (DOCS / "operations.md").read_text(encoding="utf-8")
RULES = ROOT / "config" / "alerts.yml"
OTHERS = {"node_textfile_mtime_seconds"}
"""What node_exporter tells itself: https://github.com/prometheus/node_exporter#textfile-collector"""


def first_cells(heading: str, page: str = PAGE) -> list[str]:
    """The codes in the first column of the tables under a heading, up to the next of its level."""
    part = page.partition(f"\n{heading}\n")[2].partition(f"\n{heading.partition(' ')[0]} ")[0]
    return re.findall(r"^\| `(\w+)` \|", part, re.MULTILINE)


def alerts() -> dict[str, str]:
    groups = yaml.safe_load(RULES.read_text(encoding="utf-8"))["groups"]
    return {rule["alert"]: rule["expr"] for group in groups for rule in group["rules"]}


def metrics() -> set[str]:
    """Every name that a terminal's file of figures can hold."""
    return {sample.name for metric in MAKER["figures"]() for sample in metric.samples}


def test_the_list_of_everything_a_terminal_reports_is_what_the_code_says_today():
    made = MAKER["document"]()
    assert made == (DOCS / "alarms.md").read_text(encoding="utf-8"), "run `make alarms`"
    assert len(metrics()) == len(re.findall(r"^\| `muster_\w+` \|", made, re.MULTILINE)) > 15


@pytest.mark.parametrize(
    "code", ["broker_unreachable", "log_torn", "camera_silent", "disk_full", "auth", "used"]
)
def test_codes_of_every_family_stand_there_with_a_remedy(code):
    rows = re.findall(rf"^\| `{code}` \| (.+) \| (.+) \|$", MAKER["document"](), re.MULTILINE)
    assert rows
    assert all("{" not in cell for row in rows for cell in row)


def test_every_alarm_of_a_terminal_and_every_state_of_the_board_is_explained():
    explained = first_cells("## Alarms")
    assert sorted(explained) == sorted([*AlarmCode, *CentreAlarm, *EvidenceState, *ReviewReason])


def test_every_file_that_is_made_once_is_named_among_what_to_back_up():
    backup = PAGE.partition("## Backup")[2].partition("## Restore")[0]
    centre = CentreSettings()
    for name in (centre.signing_key_file, centre.pseudonym_key_file, centre.secret_key_file, centre.database):
        assert f"`{name}`" in backup
    for folder in (centre.authority.folder, centre.authority.broker_folder):
        assert f"`{folder}/`" in backup


def test_every_alert_is_explained_and_none_that_is_not_there():
    assert sorted(first_cells("## Monitoring")) == sorted(alerts())


def test_every_figure_that_an_alert_looks_at_exists():
    named = {
        alert: set(re.findall(r"\b(?:muster|node)_\w+", expression)) for alert, expression in alerts().items()
    }
    assert all(named.values())
    assert set.union(*named.values()) - metrics() - OTHERS == set()


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool (of prometheus) is not installed here")
def test_prometheus_takes_the_rules():
    done = subprocess.run(
        ["promtool", "check", "rules", str(RULES)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{len(alerts())} rules found" in done.stdout


def blocks(page: str) -> list[tuple[str, str]]:
    """Where each block of commands is to be run ("" where it can't be as it stands), and the commands."""
    return re.findall(r"^```sh ?(centre|terminal|)\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)


def test_every_block_of_commands_can_be_read_by_a_shell():
    found = blocks(PAGE)
    assert {where for where, _ in found} == {"centre", "terminal", ""}
    assert len(found) == PAGE.count("```sh")
    for _, commands in found:
        done = subprocess.run(["sh", "-n"], input=commands, capture_output=True, text=True, check=False)
        assert done.returncode == 0, commands + done.stderr


def test_what_can_be_run_as_it_stands_leaves_nothing_to_be_filled_in():
    assert [
        commands for where, commands in blocks(PAGE) if where and re.search(r"\b[A-Z]{3,}\b", commands)
    ] == []
