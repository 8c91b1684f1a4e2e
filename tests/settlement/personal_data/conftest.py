"""A volunteer of whom the centre keeps something everywhere; every word about her contains "Zinnia"."""

import datetime as dt

import pytest

from sync.contract.events import Assurance, Method
from sync.contract.roster import StaffRole

HOUR = 3_600_000
DAY = dt.date(2026, 3, 7)


@pytest.fixture
def zinnia(mei, city, ended_fair, choir, serve, settle, noon_ms, evening_ms, reviewer):
    """Number 1001: served, decided on, corrected, objected, certified, moved; nothing waits any more."""
    from allauth.mfa.models import Authenticator

    from settlement.accounts.accounts import NewAccount, actor_of, add_account
    from settlement.accounts.actor import Level
    from settlement.accounts.audit import Signed
    from settlement.accounts.invitations import invite_login
    from settlement.inspections import Visit, enter_visit
    from settlement.master_data.access import SignedBy, resume, revoke, suspend
    from settlement.master_data.organisations import join_organisation
    from settlement.master_data.people import assign, enter_credential, enter_volunteer
    from settlement.master_data.staff import enter_staff, remove_staff
    from settlement.models import IssuedCode, LedgerEntry
    from settlement.recognition.certificates import issue_certificate
    from settlement.recognition.ratings import RaterRole, rate
    from settlement.records.disputes import DisputeOutcome, DisputeResolution, answer_dispute, raise_dispute
    from settlement.records.manual_records import (
        ManualTime,
        confirm_manual_record,
        decline_manual_record,
        enter_manual_record,
    )
    from settlement.review.decide import approve, reject
    from settlement.review.reopen import reopen
    from settlement.rules.evidence import Direction
    from settlement.volunteers.transfers import (
        accept_transfer,
        hand_in_letter,
        release_transfer,
        request_transfer,
        withdraw_transfer,
    )
    from tests.settlement.actors import actor

    zhao, qian = actor("Zhao"), actor("Qian")
    signed = Signed(zhao, evening_ms, "Zinnia asked for it")
    enter_volunteer(1001, "Zinnia Field", signed, "en")
    mei.refresh_from_db()
    enter_credential("card_uid:aa11", mei, Method.CARD, Assurance.MEDIUM, signed)
    enter_credential("card_uid:bb22", mei, Method.CARD, Assurance.MEDIUM, signed)
    revoke("card_uid:bb22", SignedBy(zhao, "Zinnia lost it", evening_ms))
    suspend(1001, SignedBy(zhao, "Zinnia is ill", evening_ms))
    resume(1001, SignedBy(qian, "Zinnia is well", evening_ms))
    IssuedCode.objects.create(
        ref="code:1001.0123456789abcdef", lookup="l", volunteer=mei, site=ended_fair.site,
        telephone="phone:hash", issued_ms=evening_ms, expires_ms=evening_ms + HOUR,
    )  # fmt: skip
    assign(ended_fair, mei, signed)
    join_organisation(mei, city, signed)
    enter_staff("1001", "Zinnia Field", "493817", signed, role=StaffRole.STAFF, site="north")
    remove_staff("1001", signed)
    account = add_account(
        NewAccount(
            login="zinnia", name="Zinnia Field", level=Level.VOLUNTEER, volunteer=1001, organisation=city.path
        ),
        signed,
    )
    invite_login("zinnia", 7, signed)
    Authenticator.objects.create(user=account, type="totp", data={"secret": "x"})
    herself = actor_of(account)
    enter_staff("s-7", "Zinnia F", "493817", signed, role=StaffRole.STAFF, site="north", account="zinnia")
    remove_staff("s-7", signed)

    serve(came=-3, left=None)
    settle()
    late = ManualTime(1001, "fair", Direction.OUT, noon_ms + 4 * HOUR, "Zinnia forgot")
    wrong = ManualTime(1001, "fair", Direction.OUT, noon_ms + 5 * HOUR, "Zinnia guessed")
    decline_manual_record(
        enter_manual_record(wrong, zhao, evening_ms).pk, qian, evening_ms, "Zinnia left before"
    )
    confirm_manual_record(enter_manual_record(late, zhao, evening_ms).pk, qian, evening_ms)
    settle()
    pending = LedgerEntry.objects.filter(review=None)
    first = [row.pk for row in pending]
    reject(first, reviewer(name="Sun", note="Zinnia was elsewhere"))
    reopen(first[-1], by=actor("Li"), reason="Zinnia was there", now_ms=evening_ms)
    settle()
    approve(
        [row.pk for row in pending.all()], reviewer(name="Wu", note="Zinnia again", override="Zinnia was")
    )
    settle()
    dispute = raise_dispute(mei, ended_fair, DAY, "Zinnia stayed longer", by=herself, now_ms=evening_ms)
    answer_dispute(
        dispute.pk,
        DisputeResolution(DisputeOutcome.REJECTED, "Zinnia did not"),
        by=actor("Wang"),
        now_ms=evening_ms,
    )
    rate(mei, ended_fair, RaterRole.SELF, 1200, by=herself, now_ms=evening_ms, note="Zinnia did well")
    issue_certificate(city, mei, by=zhao, now_ms=evening_ms, identity_number="11010519491231002X")
    enter_visit(ended_fair.site, Visit(at_ms=noon_ms, seen=(1001,)), by=zhao, now_ms=evening_ms)
    given_up = request_transfer(mei, city, choir.organisation, by=herself, now_ms=evening_ms)
    withdraw_transfer(given_up.pk, by=herself, now_ms=evening_ms)
    request = request_transfer(mei, city, choir.organisation, by=herself, now_ms=evening_ms)
    hand_in_letter(request.pk, "Zinnia, folder 4", signed)
    release_transfer(request.pk, by=zhao, now_ms=evening_ms)
    accept_transfer(request.pk, by=qian, now_ms=evening_ms)
    mei.refresh_from_db()
    return mei
