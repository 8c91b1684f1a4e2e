"""Erasing a person: nothing anywhere says who it was, and every hour, decision and proof stays."""

import datetime as dt
from importlib import import_module

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session as LogIn
from django.db import DatabaseError, connection, transaction
from msgspec.structs import replace

from foundation.errors import RulesError
from foundation.words import Words
from settlement.accounts.accounts import NewAccount, acting, add_account, end_account
from settlement.accounts.actor import Level
from settlement.accounts.audit import Signed
from settlement.evidence.attribution import attribute_again
from settlement.ledger.entries import entries_of
from settlement.lists.file import ListFile
from settlement.master_data.access import SignedBy, restore, resume, revoke, suspend
from settlement.master_data.organisations import join_organisation
from settlement.master_data.people import allow_naming, assign, enter_credential, enter_volunteer
from settlement.master_data.people_import import import_people
from settlement.master_data.staff import enter_staff
from settlement.models import (
    Account,
    ApiToken,
    AuditRecord,
    Certificate,
    Credential,
    Event,
    LedgerEntry,
    ManualRecord,
    Volunteer,
)
from settlement.personal_data.erased_list import erase_again, list_erased
from settlement.personal_data.erasure import erase
from settlement.recognition.certificate_check import CertificateState, check_certificate, token_of
from settlement.recognition.certificates import issue_certificate
from settlement.recognition.points import apply_for_gift
from settlement.recognition.ratings import RaterRole, rate
from settlement.records.disputes import raise_dispute
from settlement.records.manual_records import ManualTime, enter_manual_record
from settlement.rules.evidence import Direction
from settlement.settling.full_check import check_everything
from settlement.settling.settler import settle_everything
from settlement.volunteers.record import service_record
from settlement.volunteers.transfers import request_transfer
from sync.contract.events import Assurance, Method
from sync.contract.roster import StaffRole
from tests.settlement.actors import actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed(evening_ms):
    return lambda name="Chen", **more: Signed(actor(name, **more), evening_ms, "request in folder 9")


def everything():
    """Every value of every table, as text."""
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(model._meta.db_table)}")
            for row in cursor.fetchall():
                for value in row:
                    text = (
                        bytes(value).decode("utf-8", "replace")
                        if isinstance(value, bytes | memoryview)
                        else str(value)
                    )
                    yield model._meta.label, text


def said_of(word):
    return {label for label, text in everything() if word.lower() in text.lower()}


def code_of(refused):
    return refused.value.code


def test_no_word_about_the_person_is_left_in_any_table(zinnia, signed):
    assert len(said_of("zinnia")) > 12
    erase(1001, signed())
    assert said_of("zinnia") == set()
    assert said_of("11010519491231002X"[-6:]) == set()
    assert said_of("phone:hash") == said_of("card_uid:aa11") == set()


def test_the_hours_the_decisions_and_the_proofs_stay(zinnia, signed, entries, settle, evening_ms):
    issued = Certificate.objects.get()
    token = token_of(issued)
    before, record = entries(), service_record(1001)
    events = list(Event.objects.order_by("pk").values_list("raw", "hash", "volunteer"))
    deciders = {entry.hands for entry in (one.entry for one in entries_of([1001]))}
    erase(1001, signed())
    settle()
    settle_everything(evening_ms)
    attribute_again(evening_ms)
    assert str(check_everything(evening_ms, print)) == "checked 1 volunteers: no difference"
    assert entries() == before
    assert service_record(1001) == record
    assert list(Event.objects.order_by("pk").values_list("raw", "hash", "volunteer")) == events
    assert {entry.hands for entry in (one.entry for one in entries_of([1001]))} == deciders
    found = check_certificate(issued.number, token)
    assert (found.standing, found.name) == (CertificateState.VALID, "")


def test_the_token_of_an_early_certificate_still_holds(mei, credit, city, signed, noon_ms):
    credit(mei, 7200)
    issued = issue_certificate(city, mei, by=actor("staff1"), now_ms=noon_ms)
    early = Certificate(
        **{field.attname: getattr(issued, field.attname) for field in Certificate._meta.concrete_fields}
        | {"number": "VSC-310115-2026-000007-92", "token": ""}
    )
    early.save(force_insert=True)
    token = token_of(early)
    erase(1001, signed())
    assert token_of(Certificate.objects.get(pk=early.pk)) == token


def test_who_decided_is_still_named(zinnia, signed):
    erase(1001, signed())
    row = LedgerEntry.objects.filter(review__state="approved").last()
    assert row.review.by == "Wu"
    (own,) = AuditRecord.objects.filter(action="erase")
    assert (own.name, own.subject, own.reason) == ("Chen", "1001", "request in folder 9")


def test_the_account_ends_and_says_no_name(zinnia, signed):
    from allauth.mfa.models import Authenticator

    zinnias = Account.objects.get(volunteer=1001)
    ApiToken.objects.create(account=zinnias, name="Zinnia's phone", digest="d", made_ms=0, ends_ms=9)
    erase(1001, signed())
    account = Account.objects.get(volunteer=1001)
    assert (account.login, account.real_name, account.is_active) == (
        f"erased-1001-{account.pk}",
        "1001",
        False,
    )
    assert not account.has_usable_password()
    assert not Authenticator.objects.exists()
    with pytest.raises(RulesError) as refused:
        acting(account.login)
    assert code_of(refused) == "ACCOUNT_ENDED"
    assert not ApiToken.objects.exists()


def test_a_record_written_by_hand_still_counts_without_its_words(zinnia, signed):
    erase(1001, signed())
    confirmed = ManualRecord.objects.get(decision__confirmed=True)
    assert (confirmed.reason, confirmed.reason_code) == ("", "ERASED")
    assert Words("en").code("manual_reason", "ERASED").startswith("the words went")


def test_a_withdrawn_card_stays_withdrawn(zinnia, signed):
    erase(1001, signed())
    assert list(Credential.objects.values_list("ref", flat=True)) == ["card_uid:bb22"]


def test_nobody_gets_the_number_again_nor_checks_in_with_it(zinnia, signed, evening_ms):
    erase(1001, signed())
    gone = Volunteer.objects.get(pk=1001)
    assert (gone.display_name, gone.suspended, gone.may_be_named) == ("1001", True, False)
    for again in (
        lambda: enter_volunteer(1001, "Somebody Else", signed()),
        lambda: resume(1001, SignedBy(actor("Chen"), "a mistake", evening_ms)),
        lambda: erase(1001, signed()),
    ):
        with pytest.raises(RulesError) as refused:
            again()
        assert code_of(refused) == "ALREADY_ERASED"


def test_nobody_is_erased_while_hours_wait(mei, ended_fair, serve, signed):
    serve(came=-3, left=5)
    with pytest.raises(RulesError) as refused:
        erase(1001, signed())
    assert code_of(refused) == "ERASED_TOO_EARLY"
    assert "hours wait for review" in Words("en").trouble(refused.value.trouble)
    assert Volunteer.objects.get(pk=1001).display_name == "Mei"


def test_only_higher_levels_erase_and_nobody_themselves(mei, city, signed):
    with pytest.raises(RulesError) as refused:
        erase(1001, signed("low", level=Level.MIDDLE, node=city.path))
    assert code_of(refused) == "NOT_ALLOWED"
    with pytest.raises(RulesError) as refused:
        erase(1001, signed("own", volunteer=1001))
    assert code_of(refused) == "SELF_REVIEW"
    with pytest.raises(RulesError) as refused:
        erase(1001, Signed(actor("Chen"), 1, " "))
    assert code_of(refused) == "NO_REASON"


def test_the_database_lets_words_vanish_and_nothing_else(zinnia):
    """Each column of each sealed table, changed alone to anything but an empty text, is refused."""
    migration = import_module("settlement.migrations.0031_erasure")
    tables = {model._meta.db_table: model for model in apps.get_app_config("settlement").get_models()}
    let = [
        f"{table}.{field.attname}"
        for table in (*migration.TEXTS, migration.CERTIFICATE)
        for row in tables[table].objects.order_by("-pk")[:1]
        for field in row._meta.concrete_fields
        if _is_changed(row, field)
    ]
    assert let == []


def _is_changed(row, field):
    try:
        with transaction.atomic():
            type(row).objects.filter(pk=row.pk).update(**{field.attname: _another(field, row)})
            transaction.set_rollback(True)
    except DatabaseError:
        return False
    return True


def _another(field, row):
    value = getattr(row, field.attname)
    kind = field.get_internal_type()
    if isinstance(value, dict):
        return {**value, "name": "Somebody"}
    if isinstance(value, list):
        return [*value, "x"]
    if kind in {"CharField", "TextField"}:
        return f"x{value or ''}"[: field.max_length]
    if kind == "BooleanField":
        return not value
    if kind == "DateField":
        return "2020-01-01"
    if isinstance(value, str):  # what another table's name is
        return f"{value}x"
    return (value or 0) + 1


def test_a_restored_backup_is_erased_again(zinnia, signed, tmp_path, evening_ms):
    folder = tmp_path / "archive"
    erase(1001, signed())
    list_erased(folder)
    Volunteer.objects.filter(pk=1001).update(erased_ms=None, display_name="Zinnia Field")
    assert erase_again(folder, evening_ms) == [1001]
    assert said_of("zinnia") == set()
    assert erase_again(folder, evening_ms) == []
    assert (folder / "erased.txt").read_text() == "1001\n"


def test_log_ins_end_with_the_account_and_keep_no_login(zinnia, signed, client):
    client.force_login(Account.objects.get(volunteer=1001))
    chen = signed().by.account
    type(client)().force_login(Account.objects.get(pk=chen))
    erase(1001, signed())
    assert [one.get_decoded()["_auth_user_id"] for one in LogIn.objects.all()] == [str(chen)]


def test_who_is_staff_by_an_own_account_is_staff_still(zinnia, signed, evening_ms):
    enter = Signed(actor("Zhao"), evening_ms)
    enter_staff("s-7", "Zinnia F", "493817", enter, role=StaffRole.STAFF, site="north", account="zinnia")
    with pytest.raises(RulesError) as refused:
        erase(1001, signed())
    assert code_of(refused) == "ERASED_TOO_EARLY"


def test_who_decides_by_a_role_answers_by_name(mei, city, signed):
    """An account of a volunteer's level can decide about others, too."""
    by_role = actor("Ruo", Level.VOLUNTEER, city.path, roles=("reviewer",), volunteer=1001)
    with pytest.raises(RulesError) as refused:
        erase(1001, signed())
    assert code_of(refused) == "ERASED_TOO_EARLY"
    end_account(by_role.login, signed())
    erase(1001, signed())
    assert Account.objects.get(volunteer=1001).real_name == "Ruo"


def refused_of_erased(noon_ms, mei, fair, city, by):
    """What people might still try with the number, each as it would say a name again."""
    signed = Signed(by, noon_ms, "x")
    order = SignedBy(by, "x", noon_ms)
    time = ManualTime(1001, "fair", Direction.IN, noon_ms, "x")
    again = NewAccount(
        login="again", name="Again", level=Level.VOLUNTEER, volunteer=1001, organisation=city.path
    )
    card = ("card_uid:cc33", mei, Method.CARD, Assurance.MEDIUM)
    return {
        "rename": lambda: enter_volunteer(1001, "Zinnia", signed),
        "naming": lambda: allow_naming(1001, signed, may_be_named=True),
        "card": lambda: enter_credential(*card, signed),
        "assign": lambda: assign(fair, mei, signed),
        "join": lambda: join_organisation(mei, city, signed),
        "suspend": lambda: suspend(1001, order),
        "resume": lambda: resume(1001, order),
        "revoke": lambda: revoke("badge:1001.7", order),
        "restore": lambda: restore("card_uid:bb22", order),
        "manual": lambda: enter_manual_record(time, by, noon_ms),
        "dispute": lambda: raise_dispute(mei, fair, fair_day(), "x", by=by, now_ms=noon_ms),
        "gift": lambda: apply_for_gift(mei, "towel", by, noon_ms),
        "certificate": lambda: issue_certificate(city, mei, by=by, now_ms=noon_ms),
        "transfer": lambda: request_transfer(mei, city, city, by=by, now_ms=noon_ms),
        "rating": lambda: rate(mei, fair, RaterRole.LEADER, 1000, by=by, now_ms=noon_ms, note="x"),
        "account": lambda: add_account(again, signed),
        "staff": lambda: enter_staff("1001", "Z", "493817", signed, role=StaffRole.STAFF, site="north"),
    }


def fair_day():
    return dt.date(2026, 3, 7)


def test_nothing_is_entered_any_more_for_a_number_that_was_erased(zinnia, city, signed, ended_fair, noon_ms):
    erase(1001, signed())
    zinnia.refresh_from_db()
    for what, deed in refused_of_erased(noon_ms, zinnia, ended_fair, city, actor("Zhao")).items():
        with pytest.raises(RulesError) as refused, transaction.atomic():
            deed()
        assert (what, code_of(refused)) == (what, "ALREADY_ERASED")
    assert said_of("zinnia") == set()


def test_a_file_does_not_bring_the_number_back(zinnia, city, signed, settings, tmp_path):
    """Not even under the name that the number has now, which is the number."""
    settings.CENTRE = replace(settings.CENTRE, directory=str(tmp_path))
    (tmp_path / "pseudonym.key").write_text("5a" * 32)
    erase(1001, signed())
    done = import_people(ListFile(b"number,name,tag\n1001,1001,0A12345678\n"), city, signed())
    assert [(row.row, row.faults[0].code) for row in done.broken] == [(2, "was_erased")]
    assert not Credential.objects.filter(volunteer=1001, revoked_ms=None).exists()


def test_whoever_goes_under_two_numbers_is_told_and_erased_under_both(
    zinnia, signed, settle, reviewer, evening_ms
):
    from settlement.models import Credential, LedgerEntry, StarReview
    from settlement.personal_data.export import export_of
    from settlement.review.decide import approve
    from settlement.settling.merging import merge_numbers

    twice = Volunteer.objects.create(number=2001, display_name="Zinnia F.")
    Credential.objects.create(ref="card_uid:cc33", volunteer=twice, method="card", assurance="low")
    merge_numbers(1001, 2001, actor("Gil"), "Zinnia twice", evening_ms + 1)
    settle(evening_ms + 2)
    waiting = [row.pk for row in LedgerEntry.objects.filter(review=None)]
    approve(waiting, reviewer(name="Wu", note="the same"))
    assert not StarReview.objects.filter(withdrawn=None).exists()
    told = {one.section: one.rows for one in export_of(2001, signed()).sections}
    assert [row["number"] for row in told["person"]] == [1001, 2001]
    assert [(row["kept"], row["gone"]) for row in told["merges"]] == [(1001, 2001)]
    assert "card_uid:cc33" in {row["reference"] for row in told["credentials"]}
    erase(2001, signed())
    assert said_of("zinnia") == set()
    assert dict(Volunteer.objects.values_list("number", "display_name")) == {1001: "1001", 2001: "2001"}
    assert said_of("card_uid:cc33") == set()
