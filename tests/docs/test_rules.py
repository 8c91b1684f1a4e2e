"""docs/rules.md is true of the code: numbers, settings, defaults, modules, remarks, steps and cases."""

import json
import re
import tomllib
from importlib import import_module
from pathlib import Path

import msgspec
import pytest

from settlement.rules.admission import Outcome
from settlement.rules.flags import RULE_OF_FLAG
from settlement.rules.rule_set import RULES_OF_SETTING, RuleSet
from settlement.rules.trace import RULE_OF
from settlement.settings import CentreSettings

ROOT = Path(__file__).parents[2]
PACKAGES = ("drivers", "foundation", "kiosk", "muster", "settlement", "sync")
CASES = json.loads((ROOT / "tests" / "vectors" / "settlement-cases.json").read_text(encoding="utf-8"))
DOCUMENT = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")

_NUMBER = re.compile(r"(?<![\w-])S(?:0|[1-9]\d?)(?!\w)")
"""S0, S21; neither S01, a worked case, nor S105, a check of ruff."""
_HEADING = re.compile(r"^## (S\d{1,2}) \S", re.MULTILINE)
_ROWS = ("units", "settings", "fixed", "remarks", "steps", "outcomes", "code", "cases")


def sections(document):
    """The table of each section with one, by the first word of its heading: its rows as text."""
    tables = {}
    for section in re.split(r"^## ", document, flags=re.MULTILINE)[1:]:
        rows = re.findall(r"^\| (\w+) \| (.*) \|$", section, re.MULTILINE)
        if rows:
            tables[section.split()[0]] = dict(rows)
    return tables


def quoted(row):
    return re.findall(r"`([^`]+)`", row)


def assignments(row):
    """What a row of `name` = `value` says; values are TOML."""
    pairs = re.findall(r"`([\w.]+)` = `([^`]+)`", row)
    return {name: tomllib.loads(f"it = {value}")["it"] for name, value in pairs}


def as_toml(value):
    """A value of the code as a settings file would hold it."""
    return json.loads(msgspec.json.encode(value))


def cited(*texts):
    return {number for text in texts for number in _NUMBER.findall(text)}


def texts_of(*folders, suffixes=(".py", ".ftl", ".html", ".toml", ".md", ".service", ".conf")):
    files = (file for folder in folders for file in sorted((ROOT / folder).rglob("*")))
    return [file.read_text(encoding="utf-8") for file in files if file.suffix in suffixes]


def texts_of_cases():
    return [CASES["note"], *(case[name] for case in CASES["cases"] for name in ("title", "why"))]


def without_heading(document, numbers):
    return sorted(set(numbers) - set(_HEADING.findall(document)))


def wrong_settings(document):
    """The settings that a section names with another default than the code, or does not name."""
    settings = CentreSettings()
    wrong = []
    for heading, table in sections(document).items():
        told = assignments(table.get("settings", ""))
        for name, value in told.items():
            where, _, field = f"rules.{name}".rpartition(".") if "." not in name else name.rpartition(".")
            found = getattr(getattr(settings, where), field, None)
            if as_toml(found) != value:
                wrong.append(f"{heading} {name} = {value}")
        expected = {name for name, rules in RULES_OF_SETTING.items() if heading in rules}
        own = {name for name in told if "." not in name and heading.startswith("S")}
        wrong += [f"{heading} {name}" for name in sorted(expected ^ own)]
    return wrong


def missing_files(document):
    """The paths in backticks that nothing of this house has."""
    paths = re.findall(r"`([a-z]+/[\w./-]+)`", document)
    return sorted(path for path in set(paths) if not (ROOT / path).exists())


TABLES = sections(DOCUMENT)
RULES = {heading: table for heading, table in TABLES.items() if re.fullmatch(r"S\d+", heading)}


def test_the_rules_stand_in_order_each_once():
    assert _HEADING.findall(DOCUMENT) == [f"S{number}" for number in range(22)]


def test_every_number_that_anybody_cites_has_a_section():
    house = texts_of(*PACKAGES, "config", "systemd", "docs", "benchmarks")
    assert without_heading(DOCUMENT, cited(*house, *texts_of_cases())) == []


def test_every_rule_of_remarks_steps_and_settings_has_a_section():
    rules = {*RULE_OF_FLAG.values(), *RULE_OF.values()}.union(*RULES_OF_SETTING.values())
    assert without_heading(DOCUMENT, rules) == []


def test_every_section_is_cited_by_code():
    assert sorted(set(RULES) - cited(*texts_of(*PACKAGES, suffixes=(".py",)))) == []


def test_a_number_without_a_section_is_found():
    planted = cited('"""Late scans (S22), and S3–S6."""', "S01, S-1, AS1, S1x")
    assert planted == {"S3", "S6", "S22"}
    assert without_heading(DOCUMENT, planted) == ["S22"]


@pytest.mark.parametrize("rule", RULES)
def test_each_section_has_its_table(rule):
    assert set(RULES[rule]) <= set(_ROWS)
    assert {"units", "settings", "code", "cases"} <= set(RULES[rule])
    assert quoted(RULES[rule]["code"])
    assert quoted(RULES[rule]["cases"])


def test_the_settings_and_their_defaults_are_those_of_the_code():
    assert wrong_settings(DOCUMENT) == []


def test_every_setting_of_the_rule_set_is_explained():
    told = {name for table in TABLES.values() for name in assignments(table.get("settings", ""))}
    assert set(RuleSet.__struct_fields__) - told == set()


def test_a_wrong_default_and_a_forgotten_setting_are_found():
    assert wrong_settings(DOCUMENT.replace("`debounce_s` = `60`", "`debounce_s` = `61`")) == [
        "S4 debounce_s = 61"
    ]
    assert wrong_settings(DOCUMENT.replace("`min_session_s` = `600`", "none")) == ["S10 min_session_s"]


def test_the_fixed_numbers_are_those_of_the_code():
    rows = (table.get("fixed", "") for table in RULES.values())
    for name, value in [told for row in rows for told in assignments(row).items()]:
        module, _, constant = name.rpartition(".")
        assert as_toml(getattr(import_module(module), constant)) == value, name


def test_every_path_that_the_document_names_exists():
    assert missing_files(DOCUMENT) == []
    assert missing_files("see `settlement/rules/nowhere.py` and `kiosk/`") == ["settlement/rules/nowhere.py"]


def test_the_modules_that_do_the_work_are_modules():
    named = {path for table in TABLES.values() for path in quoted(table["code"])}
    assert [path for path in sorted(named) if not (ROOT / path).is_file()] == []


@pytest.mark.parametrize(("row", "rule_of"), [("remarks", RULE_OF_FLAG), ("steps", RULE_OF)])
def test_remarks_and_steps_stand_under_the_rule_that_makes_them(row, rule_of):
    told = {(str(code), rule) for rule, table in RULES.items() for code in quoted(table.get(row, ""))}
    assert told == {(str(code), rule) for code, rule in rule_of.items()}


def test_every_outcome_of_an_event_stands_under_one_rule():
    told = [code for table in RULES.values() for code in quoted(table.get("outcomes", ""))]
    assert sorted(told) == sorted(Outcome)


def test_the_worked_cases_exist():
    known = {case["id"] for case in CASES["cases"]}
    assert [name for table in RULES.values() for name in quoted(table["cases"]) if name not in known] == []
