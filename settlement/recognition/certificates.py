"""Certificates: issued by who recorded, numbered without gaps, and checked by anybody (S21; Order 67)."""

import datetime as dt
import secrets
from collections.abc import Collection
from functools import partial

import msgspec
from django.conf import settings as django_settings
from django.db import transaction
from django.db.models import F
from msgspec import Struct

from foundation.errors import RulesError
from foundation.trouble import Trouble
from settlement.accounts.actor import Actor
from settlement.accounts.authority import Deed
from settlement.ledger.entries import StoredEntry
from settlement.ledger.totals import approved_lines
from settlement.merged_numbers import check_takes_new
from settlement.models import (
    Activity,
    Certificate,
    CertificateCounter,
    Organisation,
    StaleCertificate,
    Volunteer,
)
from settlement.proof.checkpoints import checkpoint_for
from settlement.reach import check_entitled
from settlement.rule_book import rules_at
from settlement.rules.certificate import (
    MANDATORY_FIELDS,
    certificate_number,
    masked_identity_number,
    missing_fields,
)
from settlement.rules.hours import certificate_hours
from settlement.rules.local_dates import local_dates
from settlement.rules.transfer import may_certify
from settlement.signatures import check_not_own
from settlement.troubles import DecisionTrouble

TOKEN_BYTES = 8
"""Of the token that a certificate bears besides its number: nobody guesses 64 bits who is throttled."""


class CertifiedLine(Struct, frozen=True):
    """Approved time of one activity on one day, and what it was."""

    activity: str
    local_date: dt.date
    t_s: int
    title: str
    content: str
    site: str
    recipients: str = ""


class Content(Struct, frozen=True):
    """What a certificate states; the mandatory fields are those of Order 67."""

    name: str
    identity_number: str
    """Masked before it is stored; empty where none was given."""
    service_time: str
    """Hours with one decimal, never overstated."""
    service_content: tuple[CertifiedLine, ...]
    recording_unit: str
    issued_on: dt.date
    first_day: dt.date | None = None
    last_day: dt.date | None = None
    """The days between which its lines were served; earlier certificates name each line's day alone."""
    person_in_charge: str = ""


class Wish(Struct, frozen=True):
    """Which of an organisation's lines are to be certified: all where nothing is given."""

    activities: tuple[str, ...] = ()
    first_day: dt.date | None = None
    last_day: dt.date | None = None


def issue_certificate(
    organisation: Organisation,
    volunteer: Volunteer,
    *,
    by: Actor,
    now_ms: int,
    wish: Wish | None = None,
    identity_number: str = "",
) -> Certificate:
    """Certify a volunteer's approved time that this organisation recorded; free of charge.

    The identity number is masked at once; nobody certifies the own time. Raises RulesError: NOT_ALLOWED,
    OUT_OF_REACH, SELF_REVIEW, ALREADY_ERASED, NUMBER_MERGED, NO_ISSUER, NOT_RECORDER for lines of another
    organisation, NOBODY_RECORDED, NOTHING_TO_CERTIFY, CERTIFICATE_INCOMPLETE; then no number was taken.
    """
    masked = masked_identity_number(identity_number.strip())
    return _issue(organisation, volunteer, by, now_ms, wish or Wish(), masked, None)


def reissue_certificate(number: str, *, by: Actor, now_ms: int) -> Certificate:
    """Certify the same lines as they stand now, under a new number that supersedes the old one.

    Raises RulesError as `issue_certificate` does, UNKNOWN_CERTIFICATE, and ALREADY_SUPERSEDED.
    """
    with transaction.atomic():
        old = Certificate.objects.select_for_update(no_key=True).filter(pk=number).first()
        if old is None:
            raise RulesError(DecisionTrouble.UNKNOWN_CERTIFICATE, number=number)
        if hasattr(old, "superseded_by"):
            raise RulesError(DecisionTrouble.ALREADY_SUPERSEDED, number=number, newer=old.superseded_by)
        wish = Wish(tuple(old.activities), old.first_day, old.last_day)
        masked = content_of(old).identity_number
        return _issue(old.organisation, old.volunteer, by, now_ms, wish, masked, old)


def content_of(certificate: Certificate) -> Content:
    """What a certificate states."""
    return msgspec.convert(certificate.content, Content)


def mark_stale(adjusted: Collection[StoredEntry], now_ms: int) -> None:
    """Mark the certificates that state a line of these approved adjustments otherwise than it is now."""
    by_volunteer: dict[int, dict[tuple[str, dt.date], int]] = {}
    for stored in adjusted:
        key = stored.entry.key
        by_volunteer.setdefault(int(key.volunteer), {})[key.activity, key.local_date] = stored.pk
    standing = Certificate.objects.filter(volunteer__in=by_volunteer, stale=None)
    marks = []
    for certificate in standing:
        entries = by_volunteer[certificate.volunteer_id]
        stated = {(line.activity, line.local_date) for line in content_of(certificate).service_content}
        hit = sorted(entries[key] for key in stated & entries.keys())
        marks += [StaleCertificate(certificate=certificate, entry_id=pk, at_ms=now_ms) for pk in hit[:1]]
    StaleCertificate.objects.bulk_create(marks)


def _issue(
    organisation: Organisation,
    volunteer: Volunteer,
    by: Actor,
    now_ms: int,
    wish: Wish,
    masked: str,
    supersedes: Certificate | None,
) -> Certificate:
    check_not_own(by, volunteer.number)
    check_entitled(by, Deed.CERTIFY, organisation)
    check_takes_new(volunteer.number)
    if not organisation.issuer:
        raise RulesError(DecisionTrouble.NO_ISSUER, organisation=organisation.name)
    today = local_dates(rules_at(now_ms).settlement_tz).date_of(now_ms // 1000)
    with transaction.atomic():
        # The approved time must not change between the sum and the snapshot.
        Volunteer.objects.select_for_update(no_key=True).get(pk=volunteer.pk)
        lines = _lines(organisation, volunteer, wish)
        total_s = sum(line.t_s for line in lines)
        content = Content(
            name=volunteer.display_name,
            identity_number=masked,
            service_time=certificate_hours(total_s),
            service_content=tuple(lines),
            recording_unit=organisation.name,
            issued_on=today,
            first_day=min(line.local_date for line in lines),
            last_day=max(line.local_date for line in lines),
            person_in_charge=organisation.in_charge,
        )
        _check_complete(content)
        sign_head = partial(checkpoint_for, django_settings.CENTRE, volunteer.number, now_ms)
        transaction.on_commit(sign_head, robust=True)
        return Certificate.objects.create(
            number=_next_number(organisation.issuer, today.year),
            organisation=organisation,
            volunteer=volunteer,
            t_s=total_s,
            content=msgspec.to_builtins(content),
            token=secrets.token_hex(TOKEN_BYTES),
            activities=list(wish.activities),
            first_day=wish.first_day,
            last_day=wish.last_day,
            supersedes=supersedes,
            issued_by=by.name,
            issued_account_id=by.account,
            issued_ms=now_ms,
        )


def _lines(organisation: Organisation, volunteer: Volunteer, wish: Wish) -> list[CertifiedLine]:
    """The lines to certify; raises RulesError where one of those asked for was recorded by somebody else."""
    time = [line for line in approved_lines(volunteer.number) if line.t_s]
    wanted = {line.activity for line in time}.union(wish.activities)
    activities = Activity.objects.select_related("site", "organisation").in_bulk(wanted)
    for name in wish.activities:
        recorder = activities[name].organisation if name in activities else None
        if recorder is None:
            raise RulesError(DecisionTrouble.NOBODY_RECORDED, activity=name)
        if not may_certify(organisation.path, recorder.path):
            raise RulesError(
                DecisionTrouble.NOT_RECORDER,
                organisation=organisation.name,
                activity=name,
                recorder=recorder.name,
            )
    lines = [
        CertifiedLine(
            line.activity,
            line.local_date,
            line.t_s,
            activity.title,
            activity.content,
            activity.site.name,
            activity.recipients,
        )
        for line in time
        if (activity := activities[line.activity]).organisation_id == organisation.pk
        and (not wish.activities or line.activity in wish.activities)
        and (wish.first_day is None or wish.first_day <= line.local_date)
        and (wish.last_day is None or line.local_date <= wish.last_day)
    ]
    if sum(line.t_s for line in lines) <= 0:
        raise RulesError(
            DecisionTrouble.NOTHING_TO_CERTIFY, organisation=organisation.name, volunteer=volunteer.number
        )
    return lines


def _check_complete(content: Content) -> None:
    stated = {
        "service_time": bool(content.service_time),
        "service_content": all(line.content for line in content.service_content),
        "recipients": all(line.recipients for line in content.service_content),
        "service_dates": content.first_day is not None and content.last_day is not None,
        "recording_unit": bool(content.recording_unit),
        "person_in_charge": bool(content.person_in_charge),
    }
    missing = missing_fields([field for field in MANDATORY_FIELDS if stated[field]])
    if missing:
        raise RulesError(
            DecisionTrouble.CERTIFICATE_INCOMPLETE, missing=[Trouble.term("stated", one) for one in missing]
        )


def _next_number(issuer: str, year: int) -> str:
    """Take the issuer's next number; the row stays locked until the certificate is committed with it."""
    CertificateCounter.objects.get_or_create(issuer=issuer, year=year, defaults={"last": 0})
    own = CertificateCounter.objects.filter(issuer=issuer, year=year)
    own.update(last=F("last") + 1)
    return certificate_number(issuer, year, own.get().last)
