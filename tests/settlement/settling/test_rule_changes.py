"""Rules that are put in force from a date: for everybody or nobody, with a reason that stays."""

import datetime as dt

import pytest
from django.db import DatabaseError, transaction
from msgspec.structs import replace

from foundation.errors import RulesError
from settlement.accounts.actor import Level
from settlement.accounts.audit import Signed
from settlement.evidence.attribution import mark_unsettled
from settlement.inspections import Visit, enter_visit, missed_lines
from settlement.master_data.sites import enter_site
from settlement.models import Dispute, LedgerEntry, Line, RuleChange, Settled, Unsettled
from settlement.organisations.tree import add_organisation
from settlement.records.dispute_standing import DisputeState, standing_of
from settlement.records.disputes import (
    DisputeOutcome,
    DisputeResolution,
    answer_dispute,
    raise_dispute,
)
from settlement.review.decide import approve, approve_clean_lines
from settlement.rule_book import put_in_force, rules_at, rules_by_date, store_version
from settlement.rules.rule_set import DateZone
from settlement.rules.settle import LineKey
from settlement.settling import settler
from settlement.settling.full_check import check_everything
from settlement.settling.rule_changes import apply_rules
from tests.settlement.actors import actor

pytestmark = pytest.mark.django_db

HOUR = 3_600_000
DAY = 24 * HOUR
SATURDAY, SUNDAY = dt.date(2026, 3, 7), dt.date(2026, 3, 8)


@pytest.fixture
def in_force(rules):
    """The settings' rules hold ever since, as in a centre that was prepared."""
    row, _ = store_version(rules, 0)
    row.content = {}
    row.save()
    put_in_force(row, None, "", "", 0)
    return rules


@pytest.fixture
def capped(in_force):
    return replace(in_force, version=2, daily_cap_s=4 * 3600)


@pytest.fixture
def apply(capped, evening_ms):
    return lambda since, rules=capped: apply_rules(
        rules, since, actor("Zhao Min"), "the board decided", evening_ms
    )


@pytest.fixture
def two_approved(in_force, mei, wei, ended_fair, serve, reviewer):
    serve()
    serve(number=1002)
    approve_clean_lines(ended_fair, reviewer())


def test_from_a_later_date_on_they_leave_the_hours_of_before_alone(
    two_approved, apply, settle, entries, mei, evening_ms
):
    before = entries()
    assert apply(SUNDAY) == 2
    mark_unsettled([mei.number], 1)
    settle()
    assert entries() == before
    told = []
    assert check_everything(evening_ms, told.append).differences == 0, told


def test_from_a_past_date_on_everybody_is_adjusted_whoever_comes_again(
    two_approved, apply, settle, entries, evening_ms
):
    apply(SATURDAY)
    assert Unsettled.objects.filter(master_data=True).count() == 2
    settle()
    assert [entry for entry in entries() if entry[1] == "adjustment"] == [
        (number, "adjustment", 1, -4 * 3600, "pending", "MASTER_DATA") for number in (1001, 1002)
    ]
    assert set(LedgerEntry.objects.values_list("kind", "rules_id")) == {("original", 1), ("adjustment", 2)}
    assert check_everything(evening_ms, lambda _: None).differences == 0


def test_the_next_date_is_judged_by_the_new_ones(
    in_force, apply, mei, fair, terminal, deliver, settle, noon_ms
):
    fair.shifts.create(start_ms=noon_ms + DAY - 3 * HOUR, end_ms=noon_ms + DAY + 5 * HOUR)
    apply(SUNDAY)
    for day in (0, DAY):
        terminal.check_in(wall_ms=noon_ms + day - 3 * HOUR)
        terminal.check_out(wall_ms=noon_ms + day + 5 * HOUR)
    deliver(received_ms=noon_ms + DAY + 6 * HOUR)
    settle(noon_ms + DAY + 8 * HOUR)
    assert list(LedgerEntry.objects.order_by("local_date").values_list("delta_s", "rules_id")) == [
        (8 * 3600, 1),
        (4 * 3600, 2),
    ]
    assert Settled.objects.get().rules_id == 2


def test_who_why_and_when_stand_on_record_and_never_change(apply, evening_ms):
    apply(SUNDAY)
    said = RuleChange.objects.order_by("pk").values_list("version_id", "since", "by", "reason", "at_ms")
    assert list(said) == [(1, None, "", "", 0), (2, SUNDAY, "Zhao Min", "the board decided", evening_ms)]
    with pytest.raises(DatabaseError, match="only said anew"), transaction.atomic():
        RuleChange.objects.update(by="Wei")
    with pytest.raises(DatabaseError, match="only said anew"), transaction.atomic():
        RuleChange.objects.all().delete()


def test_the_last_word_holds_from_its_date_on(apply, capped, noon_ms):
    apply(SUNDAY)
    apply(SATURDAY, replace(capped, version=3, daily_cap_s=3600))
    assert [(str(since), rules.version) for since, rules in rules_by_date().versions] == [
        ("0001-01-01", 1),
        ("2026-03-07", 3),
    ]
    assert rules_at(noon_ms + DAY).daily_cap_s == 3600


@pytest.mark.parametrize(
    ("level", "reason", "code"), [(Level.SENIOR, "why", "NOT_ALLOWED"), (Level.SUPER, " ", "NO_REASON")]
)
def test_who_may_not_and_no_reason_are_refused(capped, level, reason, code, evening_ms):
    node = add_organisation("City", issuer="310115").path
    with pytest.raises(RulesError) as refused:
        apply_rules(capped, SUNDAY, actor("Qian", level, node), reason, evening_ms)
    assert refused.value.code == code
    assert RuleChange.objects.count() == 1


def test_what_holds_already_is_not_said_twice(apply):
    apply(SUNDAY)
    with pytest.raises(RulesError, match="version 2 holds already"):
        apply(SUNDAY)


def test_whoever_was_claimed_before_the_change_is_adjusted_for_its_reason(
    two_approved, apply, mei, entries, settle, monkeypatch
):
    """A settler that claimed somebody for late evidence computes with the rules that came meanwhile."""
    mark_unsettled([mei.number], 1)
    original = settler.compute

    def meanwhile(*given):
        monkeypatch.setattr(settler, "compute", original)
        apply(SATURDAY)
        return original(given[0], rules_by_date(), given[2])

    monkeypatch.setattr(settler, "compute", meanwhile)
    settle()
    reasons = {reason for _, kind, _, _, _, reason in entries() if kind == "adjustment"}
    assert reasons == {"MASTER_DATA"}


def test_other_rules_amend_nobodys_objection(
    two_approved, apply, settle, reviewer, mei, ended_fair, evening_ms
):
    """It was upheld and nothing was corrected; that new rules took hours off the line is no answer to it."""
    raised = raise_dispute(mei, ended_fair, SATURDAY, "longer", by=actor("1001"), now_ms=evening_ms)
    answer = DisputeResolution(DisputeOutcome.UPHELD, "so it was")
    answer_dispute(raised.pk, answer, by=actor("staff2"), now_ms=evening_ms)
    apply(SATURDAY)
    settle(evening_ms + 1)
    adjusted = LedgerEntry.objects.get(volunteer=1001, kind="adjustment")
    approve([adjusted.pk], reviewer("staff3"))
    standing = standing_of(Dispute.objects.get(), evening_ms + 2)
    assert (adjusted.delta_s < 0, standing.state) == (True, DisputeState.TO_AMEND)


def test_days_of_a_site_are_those_of_its_zone_where_the_rules_say_so(
    in_force, mei, fair, serve, settle, noon_ms, evening_ms
):
    """From 20:00 to 21:00 in Shanghai it is Sunday in Auckland, and still Saturday in Urumqi."""
    fair.shifts.all().delete()
    serve(came=8, left=9)
    assert [line.local_date for line in Line.objects.filter(t_s__gt=0)] == [SATURDAY]
    by_site = replace(in_force, version=2, date_zone=DateZone.SITE)
    apply_rules(by_site, dt.date.min, actor("Zhao Min"), "sites live by their own clocks", evening_ms)
    called = Visit(at_ms=noon_ms + 8 * HOUR + HOUR // 2, inspector="Qian", not_seen=(1001,))
    enter_visit(fair.site, called, by=actor("Qian"), now_ms=evening_ms)
    for zone, day in (("Pacific/Auckland", SUNDAY), ("Asia/Urumqi", SATURDAY)):
        enter_site("north", Signed(None, evening_ms), name="North gate", zone=zone)
        settle()
        assert [line.local_date for line in Line.objects.filter(t_s__gt=0)] == [day]
        assert missed_lines([LineKey("1001", "fair", day)]) == {LineKey("1001", "fair", day): ("Qian",)}


def test_approved_hours_follow_a_site_whose_zone_was_corrected(
    in_force, mei, fair, serve, settle, evening_ms, reviewer, entries
):
    fair.shifts.all().delete()
    by_site = replace(in_force, version=2, date_zone=DateZone.SITE)
    apply_rules(by_site, dt.date.min, actor("Zhao Min"), "sites live by their own clocks", evening_ms)
    serve(came=8, left=9)
    approve(
        list(LedgerEntry.objects.values_list("pk", flat=True)),
        reviewer(override="complete", now_ms=evening_ms + 20 * DAY),
    )
    enter_site("north", Signed(None, evening_ms), name="North gate", zone="Pacific/Auckland")
    settle()
    told = [(e.local_date, e.kind, e.delta_s) for e in LedgerEntry.objects.order_by("pk") if e.delta_s]
    assert told == [(SATURDAY, "original", 3600), (SATURDAY, "adjustment", -3600), (SUNDAY, "original", 3600)]
    assert check_everything(evening_ms, lambda _: None).differences == 0
