"""The export of one person: everything, from every table that names a volunteer, in readable files."""

import json
import re

import pytest
from django.apps import apps
from django.db.models import BigIntegerField, ForeignKey

from foundation.errors import RulesError
from foundation.words import LANGUAGES, Words
from settlement.accounts.actor import Level, Role
from settlement.accounts.audit import Action, Kind, Signed, records_of
from settlement.master_data.access import Change
from settlement.models import AuditValues, NameKey, Volunteer, WaitingEntry
from settlement.personal_data.export import as_json, export_of
from settlement.personal_data.kept import SECTIONS
from settlement.personal_data.page import as_page
from settlement.recognition.ratings import RaterRole
from settlement.records.disputes import DisputeOutcome
from settlement.rules.evidence import Direction
from settlement.rules.ledger import EntryKind
from settlement.rules.points import ExchangeState
from settlement.rules.transfer import TransferState
from settlement.rules.unnamed import Way
from settlement.volunteers.transfers import WITHDRAWN
from sync.contract.roster import StaffRole
from tests.settlement.actors import actor

pytestmark = pytest.mark.django_db

_TOLD_ELSEWHERE = {AuditValues, NameKey, WaitingEntry}
"""Told in another table's section: with the audit, with the name, with the ledger's entry."""


@pytest.fixture
def exported(zinnia, evening_ms):
    return export_of(1001, Signed(actor("Zhao"), evening_ms))


def test_every_table_that_names_a_volunteer_is_told():
    naming = {
        model
        for model in apps.get_app_config("settlement").get_models()
        for field in model._meta.concrete_fields
        if (isinstance(field, ForeignKey) and field.related_model is Volunteer)
        or (isinstance(field, BigIntegerField) and field.name == "volunteer")
    }
    assert len(naming) > 20
    assert naming - _TOLD_ELSEWHERE <= {section.table for section in SECTIONS}


def test_it_holds_what_was_entered_recorded_and_decided(exported):
    told = {section.section: section.rows for section in exported.sections}
    empty = {code for code, rows in told.items() if not rows}
    assert empty == {
        "merges", "uncertain_events", "named_activities", "replacements", "uncounted", "lifted_caps",
        "credited_stays", "unsettled", "rating_links", "gifts", "stars", "certificate_requests",
        "walk_ins",
    }  # fmt: skip
    assert told["person"][0]["name"] == "Zinnia Field"
    assert {row["reason"] for row in told["manual_records"]} == {"Zinnia forgot", "Zinnia guessed"}
    assert [row["objection"] for row in told["objections"]] == ["Zinnia stayed longer"]
    assert {row["decided_by"] for row in told["hours"]} >= {"Sun", "Wu"}
    event = json.loads(told["events"][0]["raw"])
    assert event["credential"]["ref"] == "badge:1001.1"
    assert told["certificates"][0]["content"]["identity_number"] == "1****************X"


def test_another_persons_rows_are_not_in_it(exported, wei, evening_ms):
    text = as_json(exported).decode()
    assert "1002" not in text
    other = export_of(1002, Signed(actor("Zhao"), evening_ms))
    assert [section.section for section in other.sections if section.rows] == ["person"]


def test_the_json_says_what_it_is(exported, evening_ms):
    read = json.loads(as_json(exported))
    assert (read["format"], read["version"], read["volunteer"]) == ("muster-personal-data", 1, 1001)
    assert read["at_ms"] == evening_ms
    assert [section["section"] for section in read["sections"]] == [section.code for section in SECTIONS]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_has_a_word_for_every_heading_and_column(language, exported):
    words = Words(language)
    unknown = [f"kept-{one.code}" for one in SECTIONS if not words.knows(f"kept-{one.code}")]
    unknown += [
        f"kept_column-{column.name}"
        for one in SECTIONS
        for column in one.columns
        if not words.knows(f"kept_column-{column.name}")
    ]
    codes = {*Direction, *EntryKind, *Change, *RaterRole, *Action, *DisputeOutcome, *TransferState, WITHDRAWN}
    codes |= {
        *ExchangeState,
        "superseded",
        "check_in",
        "check_out",
        "toggle",
        "manual",
        "claim",
        "correction",
    }
    unknown += [code for code in sorted(codes) if not words.knows(f"kept_value-{code}")]
    assert unknown == []
    page = as_page(exported, words, store="City", zone="Asia/Shanghai")
    assert f'lang="{language}"' in page
    assert "Zinnia stayed longer" in page
    assert "2026-03-07 09:00:00" in page


def test_nobody_can_smuggle_markup_into_the_page(mei, evening_ms):
    Volunteer.objects.filter(pk=1001).update(display_name="<script>alert(1)</script>")
    data = export_of(1001, Signed(actor("Zhao"), evening_ms))
    page = as_page(data, Words("en"), store="City", zone="UTC")
    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_that_it_was_exported_is_on_record(exported):
    row = records_of(Kind.VOLUNTEER, 1001).first()
    assert (row.action, row.name) == ("export", "Zhao")


def test_the_person_may_have_it_and_a_stranger_not(zinnia, city, wei, evening_ms):
    mine = actor("own", level=Level.VOLUNTEER, node=city.path, volunteer=1001)
    assert export_of(1001, Signed(mine, evening_ms)).volunteer == 1001
    theirs = actor("other", level=Level.VOLUNTEER, node=city.path, volunteer=1002)
    with pytest.raises(RulesError) as refused:
        export_of(1001, Signed(theirs, evening_ms))
    assert refused.value.code == "NOT_ALLOWED"


def test_the_page_says_kinds_and_roles_in_the_readers_language(exported):
    for code in (*Kind, *StaffRole, *Role, *Way):
        assert all(Words(language).knows(f"kept_value-{code}") for language in LANGUAGES), code
    told = as_page(exported, Words("zh-Hans"), store="x", zone="Asia/Shanghai")
    cells = {" ".join(cell.split()) for cell in re.findall("<bdi>(.*?)</bdi>", told, re.DOTALL)}
    assert cells.isdisjoint({"volunteer", "credential", "assignment", "membership", "staff", "record"})
