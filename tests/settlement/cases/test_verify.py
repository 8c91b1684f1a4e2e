import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from foundation.errors import SettingsError
from muster.console import main as console
from settlement.cases.verify import main, verify_file

SHARED = Path(__file__).parents[2] / "vectors" / "settlement-cases.json"


@pytest.fixture
def case_file(tmp_path):
    """Writes the shared file with only the cases named, each changed by a function."""

    def write(changes, **top):
        given = json.loads(SHARED.read_text(encoding="utf-8"))
        given["cases"] = [case for case in given["cases"] if case["id"] in changes]
        for case in given["cases"]:
            changes[case["id"]](case)
        path = tmp_path / "cases.json"
        path.write_text(json.dumps({**given, **top}), encoding="utf-8")
        return path

    return write


def lines(report):
    return str(report).splitlines()


def test_it_ends_with_the_counts_and_succeeds():
    done = CliRunner().invoke(console, ("rules", "verify", str(SHARED)))
    assert (done.exit_code, done.stdout) == (0, "95 passed, 0 failed\n")


def test_it_prints_what_differs_and_fails(case_file, capsys):
    def spoil(case):
        case["expect"]["sessions"][0]["t_s"] = 1
        case["expect"]["total"]["V1"]["hours"] = "4.00"

    assert main(case_file({"P01": spoil, "P03": lambda case: None})) == 1
    assert capsys.readouterr().out.splitlines() == [
        "P01 sessions[0].t_s: expected 1 / actual 10800",
        'P01 total.V1.hours: expected "4.00" / actual "3.00"',
        "1 passed, 1 failed",
    ]


def expecting(**changes):
    def change(case):
        case["expect"].update(changes)

    return change


@pytest.mark.parametrize(
    ("case_id", "changes", "line"),
    [
        ("P01", {"sessions": []}, "P01 sessions: expected [] / actual [{"),
        ("P01", {"outcomes": {"e2": "used"}}, 'P01 outcomes.e2: expected "used" / actual nothing'),
        ("D03", {"outcomes": {}}, 'D03 outcomes.e2: expected nothing / actual "duplicate_scan"'),
        ("P01", {"total": {}}, "P01 total.V1.t_s: expected 0 / actual 10800"),
        ("R01", {"hours": ["0.00"]}, 'R01 hours: expected ["0.00"] / actual ["0.00",'),
        ("V05", {"error": "OTHER"}, 'V05 error: expected "OTHER" / actual "WEIGHT_OUT_OF_RANGE"'),
        ("X06", {"balance": {"2026": 10}}, "X06 balance.2027: expected 0 / actual 2"),
        ("Y03", {"reason": {}}, 'Y03 reason.T1: expected nothing / actual "AWAITING_SYNC"'),
        ("Y01", {"ready": 1}, "Y01 ready: expected 1 / actual true"),
        ("Z02", {"valid": [True, False, True]}, "Z02 valid[2]: expected true / actual false"),
        ("J08", {"errors": ["FOUR_EYES"]}, 'J08 errors[0]: expected "FOUR_EYES" / actual "SELF_REVIEW"'),
        ("F02", {"unheard": 1}, "F02 unheard: expected 1 / actual nothing"),
    ],
)
def test_it_notices_every_kind_of_difference(case_file, case_id, changes, line):
    report = verify_file(case_file({case_id: expecting(**changes)}))
    assert report.failed == 1
    assert lines(report)[0].startswith(line)


def test_it_compares_instants_whatever_zone_they_are_written_in(case_file):
    def rewrite(case):
        case["expect"]["sessions"][0]["in"] = "2026-03-07T01:00:00Z"

    assert verify_file(case_file({"P01": rewrite})).failed == 0


def test_it_shows_an_instant_that_differs(case_file):
    def rewrite(case):
        case["expect"]["sessions"][0]["out"] = None

    (line, _) = lines(verify_file(case_file({"P01": rewrite})))
    assert line == "P01 sessions[0].out: expected nothing / actual 2026-03-07T04:00:00+00:00"


@pytest.mark.parametrize(("word", "failed"), [("INSUFFICIENT_POINTS", 0), ("LIMIT_REACHED", 1), ("ok", 1)])
def test_it_tells_the_results_of_an_exchange_apart(case_file, word, failed):
    report = verify_file(case_file({"X06": expecting(results={"x1": word})}))
    assert report.failed == failed


def test_it_names_an_exchange_beyond_the_yearly_limit(case_file):
    def forbid(case):
        case["rules"] = {"exchange_limit_per_year": 0}
        case["expect"] = {"results": {"x1": "EXCHANGE_LIMIT"}}

    assert verify_file(case_file({"X01": forbid})).failed == 0


def test_it_compares_flags_in_any_order(case_file):
    def turn(case):
        case["expect"]["sessions"][0]["flags"].reverse()

    assert verify_file(case_file({"K02": turn})).failed == 0


def without_(*names):
    def change(case):
        for name in names:
            del case[name]

    return change


def broken_event(case):
    case["events"][0]["t"] = "2026-03-07T09:00:00"


def unknown_step(case):
    case["steps"][1]["op"] = "bribe"


@pytest.mark.parametrize(
    ("case_id", "change", "line"),
    [
        (
            "P01",
            without_("events"),
            "P01 case: expected a case that can be understood / actual Object missing",
        ),
        (
            "P01",
            broken_event,
            "P01 events[0].t: expected a case that can be understood / actual Expected `datetime`",
        ),
        (
            "J02",
            unknown_step,
            "J02 steps[1].op: expected a case that can be understood / actual Invalid value",
        ),
        (
            "P01",
            lambda case: case.update(kind="magic"),
            "P01 kind: expected a case that can be understood / actual Expected one of settle, ledger,",
        ),
        (
            "P01",
            lambda case: case.update(rules={"debounce_s": -1}),
            "P01 rules: expected a case that can be understood / actual The rule set can't",
        ),
    ],
)
def test_it_fails_a_case_that_it_can_not_understand_and_goes_on(case_file, case_id, change, line):
    report = verify_file(case_file({case_id: change, "S01": lambda case: None}))
    assert (report.passed, report.failed) == (1, 1)
    assert lines(report)[0].startswith(line)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"\xff\xfe",
        b"{}",
        b'{"cases": 5}',
        b'{"cases": [{"kind": "settle"}]}',
        b'{"cases": [{"id": 7, "kind": "settle", "expect": {}}]}',
        b'{"cases": [{"id": "P01", "kind": "settle"}]}',
        b'{"cases": [], "default_credentials": {"K1": {}}}',
    ],
)
def test_it_refuses_what_is_no_case_file(tmp_path, content):
    path = tmp_path / "cases.json"
    path.write_bytes(content)
    with pytest.raises(SettingsError, match="malformed") as refused:
        verify_file(path)
    assert str(path) in str(refused.value)


def test_it_refuses_a_file_that_is_not_there(tmp_path):
    with pytest.raises(SettingsError, match="can't be read"):
        verify_file(tmp_path / "nothing.json")


def test_it_says_which_case_has_no_name(tmp_path):
    path = tmp_path / "cases.json"
    path.write_text('{"cases": [{"id": "P01", "kind": "x", "expect": {}}, {}]}', encoding="utf-8")
    with pytest.raises(SettingsError, match=r"cases\[1\]"):
        verify_file(path)
