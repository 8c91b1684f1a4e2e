"""Certificates of service and moves between organisations; what was issued is never changed."""
# ruff: noqa: D106 - what a Meta class is for stands in its constraints and indexes

from django.db import models

from settlement.models.accounts import Account
from settlement.models.ledger import LedgerEntry
from settlement.models.organisations import Organisation
from settlement.models.people import Volunteer


class CertificateCounter(models.Model):
    """The last sequence number that an issuer used in a year; taken in the transaction that issues (S21)."""

    issuer = models.CharField(max_length=6)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("issuer", "year"), name="one_counter_per_issuer_and_year"),
        )

    def __str__(self) -> str:
        return f"{self.issuer} {self.year} {self.last}"


class Certificate(models.Model):
    """A snapshot of approved time, as `settlement.recognition.certificates.Content` says it. Append-only.

    `activities`, `first_day` and `last_day` are what was asked for: all of the organisation's lines where
    they are empty. With `token` besides the number anybody may read what it states; earlier ones have none
    of their own (`settlement.recognition.certificate_check.token_of`).
    """

    number = models.CharField(max_length=25, primary_key=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="certificates")
    volunteer = models.ForeignKey(Volunteer, on_delete=models.PROTECT, related_name="certificates")
    t_s = models.BigIntegerField()
    content = models.JSONField()
    token = models.CharField(max_length=16, blank=True, default="")
    activities = models.JSONField()
    first_day = models.DateField(null=True, blank=True)
    last_day = models.DateField(null=True, blank=True)
    supersedes = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="superseded_by"
    )
    issued_by = models.CharField(max_length=40)
    issued_account = models.ForeignKey(
        Account, on_delete=models.PROTECT, null=True, blank=True, db_index=False, related_name="+"
    )
    issued_ms = models.BigIntegerField()

    def __str__(self) -> str:
        return self.number


class StaleCertificate(models.Model):
    """A certified line was adjusted since: the certificate no longer tells the approved time. Append-only."""

    certificate = models.OneToOneField(
        Certificate, on_delete=models.PROTECT, primary_key=True, related_name="stale"
    )
    entry = models.ForeignKey(LedgerEntry, on_delete=models.PROTECT)
    at_ms = models.BigIntegerField()

    def __str__(self) -> str:
        return self.certificate_id


class CertificateRequest(models.Model):
    """A volunteer asks an organisation for a certificate: requested, then granted or refused, once.

    `note` says why it was refused.
    """

    volunteer = models.ForeignKey(Volunteer, on_delete=models.PROTECT, related_name="certificate_requests")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="certificate_requests"
    )
    state = models.CharField(max_length=9)
    asked_ms = models.BigIntegerField()
    decided_by = models.CharField(max_length=40, blank=True)
    decided_account = models.ForeignKey(
        Account, on_delete=models.PROTECT, null=True, blank=True, db_index=False, related_name="+"
    )
    decided_ms = models.BigIntegerField(null=True, blank=True)
    note = models.CharField(max_length=300, blank=True)
    certificate = models.OneToOneField(
        Certificate, on_delete=models.PROTECT, null=True, blank=True, related_name="request"
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("volunteer", "organisation"),
                name="one_request_at_a_time",
                condition=models.Q(state="requested"),
            ),
            models.CheckConstraint(
                condition=models.Q(state="requested", decided_ms=None)
                | models.Q(state="granted", certificate__isnull=False)
                | models.Q(state="refused", certificate=None),
                name="request_decided_once",
            ),
        )

    def __str__(self) -> str:
        return f"{self.volunteer_id} {self.organisation_id} {self.state}"


class Transfer(models.Model):
    """A volunteer's move: requested, released by the origin, accepted by the destination; or withdrawn (S20).

    It moves forward only. `service_record` is the snapshot that the origin releases.
    """

    volunteer = models.ForeignKey(Volunteer, on_delete=models.PROTECT, related_name="transfers")
    origin = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="departures")
    destination = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="arrivals")
    state = models.CharField(max_length=9)
    introduction_letter = models.CharField(max_length=300, blank=True)
    service_record = models.JSONField(null=True, blank=True)
    requested_by = models.CharField(max_length=40)
    requested_account = models.ForeignKey(
        Account, on_delete=models.PROTECT, null=True, blank=True, db_index=False, related_name="+"
    )
    requested_ms = models.BigIntegerField()
    released_by = models.CharField(max_length=40, blank=True)
    released_account = models.ForeignKey(
        Account, on_delete=models.PROTECT, null=True, blank=True, db_index=False, related_name="+"
    )
    released_ms = models.BigIntegerField(null=True, blank=True)
    ended_by = models.CharField(max_length=40, blank=True)
    ended_account = models.ForeignKey(
        Account, on_delete=models.PROTECT, null=True, blank=True, db_index=False, related_name="+"
    )
    ended_ms = models.BigIntegerField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("volunteer",),
                name="one_transfer_at_a_time",
                condition=models.Q(state__in=("requested", "released")),
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=("requested", "released", "accepted", "withdrawn")),
                name="known_transfer_state",
            ),
        )

    def __str__(self) -> str:
        return f"{self.volunteer_id} {self.state}"
