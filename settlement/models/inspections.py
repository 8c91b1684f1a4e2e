"""Visits of those who supervise sites, and whom they found there. Append-only: a finding is evidence, too."""
# ruff: noqa: D106 - what a Meta class is for stands in its constraints and indexes

from django.db import models

from settlement.models.accounts import Account
from settlement.models.activities import Activity
from settlement.models.evidence import Chain
from settlement.models.people import Volunteer
from settlement.models.sites import Site, Terminal


class InspectionVisit(models.Model):
    """An inspector was at a site at `at_ms`, by which terminal the roll was called, and what was found.

    `chain` and `seq` name the event of a roll that was called at the terminal: of `present` people, by the
    last of `draws` draws.
    """

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="visits")
    terminal = models.ForeignKey(
        Terminal, on_delete=models.PROTECT, null=True, blank=True, related_name="visits"
    )
    inspector = models.CharField(max_length=40)
    at_ms = models.BigIntegerField()
    findings = models.CharField(max_length=1000, blank=True)
    entered_by = models.CharField(max_length=40)
    entered_account = models.ForeignKey(
        Account, on_delete=models.PROTECT, null=True, blank=True, db_index=False, related_name="+"
    )
    entered_ms = models.BigIntegerField()
    chain = models.ForeignKey(
        Chain, on_delete=models.PROTECT, null=True, blank=True, db_index=False, related_name="visits"
    )
    seq = models.BigIntegerField(null=True, blank=True)
    present = models.BigIntegerField(null=True, blank=True)
    draws = models.BigIntegerField(null=True, blank=True)

    class Meta:
        indexes = (models.Index(fields=("site", "at_ms"), name="visit_of_site"),)
        constraints = (
            models.UniqueConstraint(
                fields=("chain", "seq"), condition=models.Q(seq__isnull=False), name="visit_once_an_event"
            ),
        )

    def __str__(self) -> str:
        return f"{self.site_id} {self.at_ms}"


class InspectedPerson(models.Model):
    """Somebody whose name was called: seen there, or not.

    `activity` is what the centre's evidence had the person in at that moment; none where it had not arrived.
    """

    visit = models.ForeignKey(InspectionVisit, on_delete=models.PROTECT, related_name="people")
    volunteer = models.ForeignKey(Volunteer, on_delete=models.PROTECT, related_name="inspections")
    activity = models.ForeignKey(
        Activity, on_delete=models.PROTECT, null=True, blank=True, related_name="inspections"
    )
    seen = models.BooleanField()
    remark = models.CharField(max_length=40, null=True, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("visit", "volunteer"), name="called_once_a_visit"),)

    def __str__(self) -> str:
        return f"{self.visit_id} {self.volunteer_id} {'seen' if self.seen else 'not seen'}"
