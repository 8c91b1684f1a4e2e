"""Badges, cards and people that are refused from a moment on, and what stays on record of it."""

import pytest
from django.db import DatabaseError, transaction

from foundation.errors import RulesError
from settlement.master_data.access import SignedBy, reference_of, restore, resume, revoke, suspend
from settlement.models import AccessChange, Credential, Unsettled, Volunteer
from sync.contract.pseudonym import Subject, keyed_reference
from tests.settlement.actors import actor

pytestmark = pytest.mark.django_db

BADGE = "badge:1001.1"


@pytest.fixture
def order(noon_ms):
    return lambda by="Zhao", reason="lost", now_ms=noon_ms: SignedBy(actor(by), reason, now_ms)


def on_record():
    return list(AccessChange.objects.order_by("pk").values_list("ref", "change", "from_ms", "reason", "by"))


def code_of(action):
    with pytest.raises(RulesError) as refused:
        action()
    return refused.value.code


def test_a_lost_badge_is_revoked_now_or_from_a_moment_that_is_past(mei, order, noon_ms):
    assert revoke(BADGE, order()) == mei
    assert Credential.objects.get(ref=BADGE).revoked_ms == noon_ms
    revoke(BADGE, order(), noon_ms - 5000)
    assert Credential.objects.get(ref=BADGE).revoked_ms == noon_ms - 5000
    assert on_record() == [
        (BADGE, "revoke", noon_ms, "lost", "Zhao"),
        (BADGE, "revoke", noon_ms - 5000, "lost", "Zhao"),
    ]
    assert Unsettled.objects.get().master_data


def test_a_moment_to_come_is_refused(mei, order, noon_ms):
    assert code_of(lambda: revoke(BADGE, order(), noon_ms + 1)) == "FUTURE_REVOCATION"
    assert (on_record(), Credential.objects.count()) == ([], 0)


def test_a_badge_that_is_found_again_is_restored(mei, order):
    revoke(BADGE, order())
    restore(BADGE, order(reason="found"))
    assert Credential.objects.get(ref=BADGE).revoked_ms is None
    assert on_record()[-1] == (BADGE, "restore", None, "found", "Zhao")
    assert code_of(lambda: restore(BADGE, order())) == "NOT_REVOKED"


@pytest.mark.parametrize(
    "ref", ["badge:1001", "badge:01001.1", "badge:1001.x", "badge:1001.1\n", "tag:1001.1"]
)
def test_a_badge_is_revoked_only_as_terminals_spell_it(ref, mei, order):
    """Another spelling would be on the list, and the badge still admitted."""
    assert code_of(lambda: revoke(ref, order())) == "UNKNOWN_CREDENTIAL"
    assert not Credential.objects.exists()


def test_a_volunteer_is_suspended_and_resumed(mei, order):
    suspend(1001, order(reason="under investigation"))
    assert Volunteer.objects.get().suspended
    assert code_of(lambda: suspend(1001, order())) == "ALREADY_SUSPENDED"
    resume(1001, order(reason="cleared"))
    assert not Volunteer.objects.get().suspended
    assert [row[1:4] for row in on_record()] == [
        ("suspend", None, "under investigation"),
        ("resume", None, "cleared"),
    ]
    assert code_of(lambda: suspend(9, order())) == "UNKNOWN_VOLUNTEER"


def test_without_a_reason_nothing_changes(mei, order):
    assert code_of(lambda: suspend(1001, order(reason=""))) == "NO_REASON"
    assert code_of(lambda: revoke(BADGE, order(reason=""))) == "NO_REASON"
    assert not Volunteer.objects.get().suspended
    assert not Credential.objects.exists()


def test_nobody_gives_themselves_the_right_back(mei, order):
    suspend(1001, order(by="1001"))
    revoke(BADGE, order(by="1001"))
    assert code_of(lambda: resume(1001, order(by="1001"))) == "SELF_REVIEW"
    assert code_of(lambda: restore(BADGE, order(by="1001"))) == "SELF_REVIEW"
    assert Volunteer.objects.get().suspended


def test_a_card_is_found_by_what_it_was_imported_as(settings, tmp_path, mei, order):
    import msgspec

    key = bytes(range(32))
    (tmp_path / "pseudonym.key").write_text(key.hex())
    settings.CENTRE = msgspec.structs.replace(settings.CENTRE, directory=str(tmp_path))
    ref = keyed_reference(key, Subject.TAG, "0A00ABCDEF")
    Credential.objects.create(ref=ref, volunteer=mei, method="tag", assurance="low")
    assert revoke(reference_of("tag", "0a00-abcdef"), order()) == mei


def test_what_stands_on_record_cannot_be_changed(mei, order):
    suspend(1001, order())
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        AccessChange.objects.update(reason="x")
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        AccessChange.objects.all().delete()
