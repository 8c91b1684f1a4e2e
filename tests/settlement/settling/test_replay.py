"""What changed rules would alter, and that asking alters nothing."""

import csv
import functools

import pytest
from django.apps import apps

from foundation.errors import SettingsError
from settlement.models import Unsettled
from settlement.review.decide import approve_clean_lines
from settlement.rules.by_date import RulesByDate
from settlement.rules.rule_set import RuleSet
from settlement.settings import read_rules
from settlement.settling.replay import replay
from settlement.settling.replay_report import spreadsheet, tell_line, tell_settings, tell_total
from tests.settlement.actors import actor
from tests.settlement.own_centre import ACCOUNT, ONE_HOUR

HOUR = 3_600_000


@pytest.fixture
def ask(rules, evening_ms):
    def _ask(**changes):
        from msgspec.structs import replace

        told = []
        would = RulesByDate(replace(rules, **changes))
        total = replay(RulesByDate(rules), would, actor("staff1"), evening_ms, told.append)
        return told, total

    return _ask


@pytest.fixture
def served(mei, wei, ended_fair, serve, reviewer, terminal, deliver, settle, noon_ms):
    """Mei's eight hours are approved, Wei's seven wait, and one scan was held."""
    serve()
    approve_clean_lines(ended_fair, reviewer())
    serve(-2, 5, number=1002)
    terminal.check_in("badge:1002.1", wall_ms=noon_ms + 7 * HOUR)
    deliver(len(terminal.events))
    settle()


def everything():
    """Each row of each table."""
    return {
        model._meta.db_table: sorted(map(repr, model.objects.values_list()))
        for model in apps.get_app_config("settlement").get_models()
    }


@pytest.mark.django_db
def test_it_tells_each_line_and_what_it_comes_to(served, ask):
    told, total = ask(daily_cap_s=6 * 3600)
    assert [tell_line(found) for found in told] == [
        "volunteer 1001, fair on 2026-03-07: 8 h → 6 h +DAILY_CAP by S11 (approved time: −2 h)",
        "volunteer 1002, fair on 2026-03-07: 7 h → 6 h +DAILY_CAP by S11",
    ]
    assert tell_total(total) == [
        "2 lines of 2 of 2 volunteers would change.",
        "T of all lines: 15.00 h → 12.00 h.",
        "Approved lines: 1 would be adjusted, together by −2 h.",
        "Stars: 0 gained, 0 lost.",
        "Points: 2 → 2.",
        "Nothing was written.",
    ]


@pytest.mark.django_db
def test_it_tells_stars_and_points_that_would_move(served, ask, credit, mei):
    credit(mei, 23 * 3600, "2026-03-01")
    _, total = ask(star_thresholds_h=(32, 60), points_per_activity_day=3)
    assert (total.changed_lines, total.stars_gained, total.stars_lost) == (0, 0, 1)
    assert (total.points_before, total.points_after) == (4, 6)
    _, total = ask(star_thresholds_h=(10, 20, 30))
    assert (total.stars_gained, total.stars_lost) == (2, 0)
    _, total = ask(min_session_s=30_000)
    assert (total.stars_lost, total.points_after, total.adjusted_s) == (1, 2, -8 * 3600)


@pytest.mark.django_db
def test_the_whole_database_is_the_same_afterwards(served, ask):
    before = everything()
    assert sum(map(len, before.values())) > 20
    ask(daily_cap_s=3600, missing_out_policy="shift_end", settlement_tz="America/New_York")
    assert everything() == before


WRITE = """
from django.db import DatabaseError
from settlement.models import Site
from settlement.read_only import read_only
for name in ("within", "after"):
    try:
        with read_only():
            Site.objects.create(code=name, name="South gate", zone="Asia/Shanghai")
    except DatabaseError:
        print("refused")
Site.objects.create(code="after", name="South gate", zone="Asia/Shanghai")
"""


def test_the_database_itself_refuses_a_write_meanwhile(own_centre):
    assert own_centre.run(WRITE).splitlines()[-2:] == ["refused", "refused"]
    assert own_centre.rows("SELECT code FROM settlement_site") == [("after",)]


@pytest.mark.django_db
def test_whoever_waits_for_the_settler_is_computed_from_the_newest_evidence(
    mei, ended_fair, terminal, deliver, ask, noon_ms
):
    terminal.check_in(wall_ms=noon_ms)
    terminal.check_out(wall_ms=noon_ms + 2 * HOUR)
    deliver()
    (found,), _ = ask(daily_cap_s=3600)
    assert (found.change.before_s, found.change.after_s) == (7200, 3600)
    assert Unsettled.objects.count() == 1


def test_it_names_the_settings_that_differ():
    assert tell_settings(RuleSet(), RuleSet(daily_cap_s=None)) == ["daily_cap_s: 28800 → null (S11)"]
    assert tell_settings(RuleSet(), RuleSet(version=2)) == ["No setting differs."]


# The file.


def write(tmp_path, text):
    path = tmp_path / "new.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_what_the_file_leaves_out_stays_as_it_is(tmp_path):
    current = RuleSet(daily_cap_s=3600, min_session_s=60)
    path = write(tmp_path, "[rules]\nmin_session_s = 120\n")
    assert read_rules(path, current) == RuleSet(daily_cap_s=3600, min_session_s=120)


def test_a_whole_settings_file_will_do(tmp_path):
    path = write(tmp_path, 'realm = "live"\n[rules]\nmin_session_s = 120\n[web]\nport = 1\n')
    assert read_rules(path, RuleSet()).min_session_s == 120


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[rules]\ndaily_cap = 1", "key 'rules.daily_cap': no such setting exists"),
        ("[rules]\ndaily_cap_s = -1", "key 'rules.daily_cap_s': expected `int` >= 0"),
        ("[rules]\nbreak_mode = 'lunch'", "expected one of 'none', 'scheduled', 'auto'"),
        ("[rules]\nmin_session_s = 'ten'", "key 'rules.min_session_s': expected `int`"),
        ("[rules]\nsettlement_tz = 'Asia/Nowhere'", "Asia/Nowhere"),
        ("[rules]\nstar_thresholds_h = [60, 30]", "do not rise"),
        ("[rules]\ndefault_duty_pm = 999", "Duty is 1000 to 2000"),
        ("daily_cap_s = 1", "missing required field `rules`"),
        ("[rules", "can't be read"),
    ],
)
def test_a_wrong_file_is_refused_with_key_and_what_is_allowed(text, named, tmp_path):
    path = write(tmp_path, text)
    with pytest.raises(SettingsError) as refused:
        read_rules(path, RuleSet())
    assert str(path) in str(refused.value)
    assert named in str(refused.value)


def test_a_spreadsheet_that_can_not_be_written_is_named(tmp_path):
    with pytest.raises(SettingsError, match="can't be written"), spreadsheet(tmp_path / "no" / "table.csv"):
        pass


def test_the_command_tells_writes_a_table_and_refuses_a_wrong_file(own_centre, tmp_path):
    own_centre.run(ONE_HOUR)
    own_centre.run(ACCOUNT)
    ask = functools.partial(own_centre.command, "rules", "replay")
    proposed = write(tmp_path, "[rules]\nmin_session_s = 7200\n")
    before = own_centre.dump()
    said = ask("--rules", str(proposed))
    assert said.returncode == 0, said.stderr
    assert "min_session_s: 600 → 7200 (S10)" in said.stdout
    assert "volunteer 1001, fair on 2026-03-07: 1 h → 0 s +BELOW_MIN_SESSION by S10" in said.stdout
    table = tmp_path / "table.csv"
    assert "would change" in ask("--rules", str(proposed), "--csv", str(table)).stdout
    (row,) = csv.DictReader(table.read_text("utf-8").splitlines())
    assert (row["volunteer"], row["before_s"], row["after_s"], row["rules"]) == ("1001", "3600", "0", "S10")
    wrong = ask("--rules", str(write(tmp_path, "[rules]\nbreak_mode = 'lunch'")))
    assert wrong.returncode == 1
    assert "break_mode" in wrong.stderr
    assert own_centre.dump() == before
