"""Each service against each level, at the own node, below, beside, above, as a volunteer and as nobody."""

import copy
from collections.abc import Callable

import msgspec
import pytest
from django.conf import settings
from django.db import transaction

from foundation.errors import RulesError
from foundation.words import Words
from settlement.accounts.accounts import actor_of
from settlement.accounts.actor import Actor, Level, Role
from settlement.accounts.audit import Signed
from settlement.accounts.authority import Deed, may
from settlement.evidence.log_alarms import settle_alarm
from settlement.explain.explain_to import explain_to
from settlement.explain.sentences import Teller
from settlement.inspections import Visit, enter_visit
from settlement.master_data import access
from settlement.models import (
    Account,
    Activity,
    Dispute,
    Exchange,
    LedgerEntry,
    LogAlarm,
    ManualRecord,
    Membership,
    MergedNumber,
    Organisation,
    PhaseChange,
    RuleVersion,
    Site,
    StarReview,
    Terminal,
    Transfer,
    Volunteer,
)
from settlement.organisations.tree import add_organisation
from settlement.personal_data.erasure import erase
from settlement.personal_data.export import export_of
from settlement.reach import check_entitled, reach_of
from settlement.recognition.certificates import issue_certificate
from settlement.recognition.points import apply_for_gift, approve_exchange, fulfil_exchange, reject_exchange
from settlement.recognition.ratings import RaterRole, rate
from settlement.recognition.stars import decide_star_review
from settlement.records.disputes import DisputeOutcome, DisputeResolution, answer_dispute, raise_dispute
from settlement.records.manual_records import (
    ManualTime,
    confirm_manual_record,
    decline_manual_record,
    enter_manual_record,
)
from settlement.reports import notice
from settlement.reports.table import Table
from settlement.review.decide import Reviewer, approve, approve_clean_lines, reject
from settlement.review.lifted_caps import lift_cap
from settlement.review.reopen import reopen
from settlement.rules.evidence import Direction
from settlement.settling.credited_stays import credit_stay
from settlement.settling.merging import (
    merge_numbers,
    preview_merge,
    preview_taking_back,
    take_merge_back,
)
from settlement.volunteers.file import personal_file
from settlement.volunteers.transfers import (
    accept_transfer,
    hand_in_letter,
    release_transfer,
    request_transfer,
    withdraw_transfer,
)

pytestmark = pytest.mark.django_db

NOW_MS = 1_800_000_000_000
REFUSED = {"NOT_ALLOWED", "OUT_OF_REACH"}


class World:
    """A city, a district in it (the node of the things), a team in that, and a district beside it."""

    def __init__(self):
        version = settings.CENTRE.rules.version
        RuleVersion.objects.create(version=version, content={}, first_used_ms=0)
        self.city = add_organisation("City", issuer="310115")
        self.district = add_organisation("District", parent=self.city, issuer="310116")
        self.team = add_organisation("Team", parent=self.district)
        self.beside = add_organisation("Beside", parent=self.city)
        self.site = Site.objects.create(code="north", name="North", zone="UTC", organisation=self.district)
        self.activity = Activity.objects.create(
            id="fair", site=self.site, title="Fair", content="guiding", organisation=self.district
        )
        PhaseChange.objects.create(activity=self.activity, phase="executing", from_ms=0)
        self.volunteer = Volunteer.objects.create(number=1001, display_name="Mei")
        Membership.objects.create(volunteer=self.volunteer, organisation=self.district, joined_ms=0)
        day = "2026-03-07"
        self.entry = LedgerEntry.objects.create(
            volunteer=self.volunteer, activity=self.activity, local_date=day, kind="original", rev=1,
            delta_s=3600, flags=[], hands=[], sessions=[], rules_id=version, entered_ms=1,
        )  # fmt: skip
        self.record = ManualRecord.objects.create(
            volunteer=self.volunteer, activity=self.activity, direction="in", at_ms=1, reason="x",
            entered_by="somebody", entered_ms=1,
        )  # fmt: skip
        self.dispute = Dispute.objects.create(
            volunteer=self.volunteer, activity=self.activity, local_date=day, objection="x",
            raised_by="Mei", raised_ms=1,
        )  # fmt: skip
        gift = {"volunteer": self.volunteer, "tier": "towel", "local_date": day, "applied_ms": 1}
        self.applied = Exchange.objects.create(state="applied", **gift)
        self.granted = Exchange.objects.create(state="approved", reviewed_by="x", reviewed_ms=1, **gift)
        self.stars = StarReview.objects.create(
            volunteer=self.volunteer, stars_before=2, stars_after=1, approved_s=0, raised_ms=1
        )
        self.terminal = Terminal.objects.create(
            id="gate", site=self.site, bucket="07", public_key="0" * 64, realm="live"
        )
        self.alarm = LogAlarm.objects.create(
            terminal=self.terminal, code="log_shortened", detail="x", first_ms=1, last_ms=1
        )
        ends = {
            "volunteer": self.volunteer,
            "destination": self.beside,
            "requested_by": "x",
            "requested_ms": 1,
        }
        self.moving = Transfer.objects.create(origin=self.district, state="requested", **ends)
        twice = [Volunteer.objects.create(number=number, display_name="Ai") for number in (2001, 2002, 2003)]
        for one in twice:
            Membership.objects.create(volunteer=one, organisation=self.district, joined_ms=0)
        chief = Account.objects.create(
            login="chief", real_name="Chief", person="chief", level="super", created_ms=0
        )
        MergedNumber.objects.create(
            kept=twice[0], gone=twice[2], by="Chief", account=chief, reason="x", at_ms=1
        )

    def nodes(self):
        return {"own": self.district, "above": self.city, "below": self.team, "beside": self.beside}


Service = Callable[[World, Actor], object]

SERVICES: dict[str, tuple[Deed, Service]] = {
    "approve": (Deed.REVIEW, lambda w, by: approve([w.entry.pk], Reviewer(by, NOW_MS, override="due"))),
    "reject": (Deed.REVIEW, lambda w, by: reject([w.entry.pk], Reviewer(by, NOW_MS, "no"))),
    "approve clean lines": (Deed.REVIEW, lambda w, by: approve_clean_lines(w.activity, Reviewer(by, NOW_MS))),
    "enter a time": (
        Deed.ENTER_MANUAL,
        lambda w, by: enter_manual_record(ManualTime(1001, "fair", Direction.IN, 5, "x"), by, NOW_MS),
    ),
    "confirm a time": (Deed.CONFIRM_MANUAL, lambda w, by: confirm_manual_record(w.record.pk, by, NOW_MS)),
    "decline a time": (
        Deed.CONFIRM_MANUAL,
        lambda w, by: decline_manual_record(w.record.pk, by, NOW_MS, "no"),
    ),
    "take a rejection back": (
        Deed.REVIEW,
        lambda w, by: reopen(w.entry.pk, by=by, reason="seen", now_ms=NOW_MS),
    ),
    "credit a long stay": (Deed.REVIEW, lambda w, by: credit_stay(w.entry.pk, by, "on duty", NOW_MS)),
    "lift the daily cap": (Deed.REVIEW, lambda w, by: lift_cap(w.entry.pk, by, "the flood", NOW_MS)),
    "answer an objection": (
        Deed.ANSWER_DISPUTE,
        lambda w, by: answer_dispute(
            w.dispute.pk, DisputeResolution(DisputeOutcome.REJECTED, "no"), by=by, now_ms=NOW_MS
        ),
    ),
    "suspend": (Deed.CHANGE_ACCESS, lambda w, by: access.suspend(1001, access.SignedBy(by, "x", NOW_MS))),
    "withdraw a badge": (
        Deed.CHANGE_ACCESS,
        lambda w, by: access.revoke("badge:1001.1", access.SignedBy(by, "x", NOW_MS)),
    ),
    "grant a gift": (Deed.DECIDE_GIFTS, lambda w, by: approve_exchange(w.applied.pk, by, NOW_MS)),
    "decline a gift": (Deed.DECIDE_GIFTS, lambda w, by: reject_exchange(w.applied.pk, by, NOW_MS, "no")),
    "hand a gift out": (Deed.HAND_OUT_GIFTS, lambda w, by: fulfil_exchange(w.granted.pk, by, NOW_MS)),
    "apply for somebody": (
        Deed.HAND_OUT_GIFTS,
        lambda w, by: apply_for_gift(w.volunteer, "towel", by, NOW_MS),
    ),
    "decide on stars": (
        Deed.DECIDE_STARS,
        lambda w, by: decide_star_review(w.stars.pk, by, NOW_MS, withdraw=True, note="x"),
    ),
    "rate as a leader": (
        Deed.READ_PEOPLE,
        lambda w, by: rate(w.volunteer, w.activity, RaterRole.LEADER, 1000, by=by, now_ms=NOW_MS),
    ),
    "certify": (
        Deed.CERTIFY,
        lambda w, by: issue_certificate(w.district, w.volunteer, by=by, now_ms=NOW_MS),
    ),
    "hand a letter in": (
        Deed.REQUEST_TRANSFER,
        lambda w, by: hand_in_letter(w.moving.pk, "17", Signed(by, NOW_MS)),
    ),
    "release": (Deed.DECIDE_TRANSFER, lambda w, by: release_transfer(w.moving.pk, by=by, now_ms=NOW_MS)),
    "give a transfer up": (
        Deed.REQUEST_TRANSFER,
        lambda w, by: withdraw_transfer(w.moving.pk, by=by, now_ms=NOW_MS),
    ),
    "inspect": (Deed.INSPECT, lambda w, by: enter_visit(w.site, Visit(at_ms=5), by=by, now_ms=NOW_MS)),
    "settle an alarm": (Deed.SETTLE_ALARM, lambda w, by: settle_alarm(w.alarm.pk, by, "x", NOW_MS)),
    "ask why hours count": (
        Deed.READ_PEOPLE,
        lambda w, by: explain_to(by, 1001, "fair", Teller(Words("en"), "UTC"), None, NOW_MS),
    ),
    "export everything of a person": (
        Deed.READ_PEOPLE,
        lambda w, by: export_of(1001, Signed(by, NOW_MS)),
    ),
    "erase": (Deed.ERASE_PEOPLE, lambda w, by: erase(1001, Signed(by, NOW_MS, "folder 9"))),
    "read a file": (Deed.READ_PEOPLE, lambda w, by: personal_file(1001, by, NOW_MS)),
    "merge numbers": (
        Deed.MERGE_PEOPLE,
        lambda w, by: merge_numbers(2001, 2002, by, "same card", NOW_MS),
    ),
    "look at a merge before": (Deed.MERGE_PEOPLE, lambda w, by: preview_merge(2001, 2002, by, NOW_MS)),
    "take a merge back": (
        Deed.MERGE_PEOPLE,
        lambda w, by: take_merge_back(2003, by, "two people", NOW_MS),
    ),
    "look at taking back before": (
        Deed.MERGE_PEOPLE,
        lambda w, by: preview_taking_back(2003, by, NOW_MS),
    ),
    "publish": (
        Deed.PUBLISH,
        lambda w, by: notice.publish(Table("t", (), ()), 2026, w.district.path, by=by, now_ms=NOW_MS),
    ),
}
"""What people do to the district's things; each must be refused to whom its deed or its place is not."""


@pytest.fixture(scope="module")
def made_world(kept_for_the_module):
    return kept_for_the_module(World)


@pytest.fixture
def world(made_world):
    return copy.deepcopy(made_world)


def account(level, node, roles=(), volunteer=None, login=None):
    login = login or f"{level}-{node.path if node else 'all'}"
    row = Account.objects.create(
        login=login,
        real_name="Sun",
        person=login,
        level=level,
        roles=list(roles),
        organisation=node,
        volunteer=volunteer,
        created_ms=0,
    )
    return actor_of(Account.objects.select_related("organisation").get(pk=row.pk))


def outcome(service, world, by):
    """The code of a refusal, or None where the service went beyond it."""
    try:
        with transaction.atomic():
            service(world, by)
            transaction.set_rollback(True)
    except RulesError as refused:
        return refused.code if refused.code in REFUSED else None
    return None


@pytest.mark.parametrize("place", ["own", "above", "below", "beside", "nowhere"])
@pytest.mark.parametrize("level", Level)
@pytest.mark.parametrize("name", SERVICES)
def test_a_service_serves_whom_it_should(name, level, place, world):
    deed, service = SERVICES[name]
    node = world.nodes().get(place)
    if node is None and level is not Level.SUPER:
        pytest.skip("below the highest level everybody has a place")
    by = account(level, node)
    reaches = level is not Level.VOLUNTEER and place in {"own", "above", "nowhere"}
    expected = may(by, deed) and reaches
    if deed is Deed.INSPECT and place == "below":
        expected = False
    assert (outcome(service, world, by) is None) is expected


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("name", SERVICES)
def test_a_role_allows_what_it_is_for_at_its_own_place_alone(name, role, world):
    deed, service = SERVICES[name]
    here = account(Level.VOLUNTEER, world.district, [role], login="here")
    beside = account(Level.VOLUNTEER, world.beside, [role], login="beside")
    assert (outcome(service, world, here) is None) is may(here, deed)
    assert outcome(service, world, beside) in REFUSED


OWN = {
    "approve": "SELF_REVIEW",
    "enter a time": "MANUAL_SELF",
    "confirm a time": "MANUAL_SELF",
    "decline a time": "MANUAL_SELF",
    "answer an objection": "SELF_REVIEW",
    "grant a gift": "SELF_REVIEW",
    "decline a gift": "SELF_REVIEW",
    "hand a gift out": "SELF_REVIEW",
    "decide on stars": "SELF_REVIEW",
    "rate as a leader": "SELF_RATING",
    "certify": "SELF_REVIEW",
    "release": "SELF_REVIEW",
    "erase": "SELF_REVIEW",
}


@pytest.mark.parametrize("name", OWN)
def test_nobody_decides_on_what_is_their_own_by_whatever_account(name, world):
    """A second account, without the number, of a person whose first account has it."""
    first = account(Level.SUPER, None, volunteer=world.volunteer, login="mei")
    row = Account.objects.get(pk=first.account)
    by = msgspec.structs.replace(actor_of(row), name="Somebody else")
    try:
        with transaction.atomic():
            told = [str(code) for _, code in SERVICES[name][1](world, by).refused]
    except RulesError as refused:
        told = [refused.code]
    assert told == [OWN[name]]


def test_a_volunteer_sees_and_asks_for_the_own_things_alone(world):
    mei = account(Level.VOLUNTEER, world.district, volunteer=world.volunteer, login="mei")
    wei = Volunteer.objects.create(number=1002, display_name="Wei")
    reach = reach_of(mei)
    assert set(reach.volunteers()) == {world.volunteer}
    assert set(reach.entries()) == {world.entry}
    assert not reach.terminals().exists()
    assert not reach.visits().exists()
    personal_file(1001, mei, NOW_MS)
    raise_dispute(
        world.volunteer, world.activity, world.entry.local_date, "again", by=mei, now_ms=NOW_MS
    ) if (not Dispute.objects.filter(answer=None).exists()) else None
    assert outcome(lambda w, by: personal_file(1002, by, NOW_MS), world, mei) in REFUSED
    assert outcome(lambda w, by: apply_for_gift(wei, "towel", by, NOW_MS), world, mei) in REFUSED
    assert (
        outcome(lambda w, by: request_transfer(wei, w.district, w.beside, by=by, now_ms=NOW_MS), world, mei)
        in REFUSED
    )


def test_the_destination_alone_accepts_and_not_by_who_released(world):
    here, there = account(Level.MIDDLE, world.district), account(Level.MIDDLE, world.beside)
    both = account(Level.MIDDLE, world.city)
    hand_in_letter(world.moving.pk, "17", Signed(here, NOW_MS))
    release_transfer(world.moving.pk, by=both, now_ms=NOW_MS)
    assert outcome(lambda w, by: accept_transfer(w.moving.pk, by=by, now_ms=NOW_MS), world, here) in REFUSED
    with pytest.raises(RulesError) as refused:
        accept_transfer(world.moving.pk, by=both, now_ms=NOW_MS)
    assert refused.value.code == "FOUR_EYES"
    accept_transfer(world.moving.pk, by=there, now_ms=NOW_MS)


def test_terminals_are_the_seniors_of_their_site(world):
    asked = {
        "right": account(Level.SENIOR, world.district),
        "too low": account(Level.MIDDLE, world.district),
        "beside": account(Level.SENIOR, world.beside),
    }
    told = {
        who: outcome(lambda w, by: check_entitled(by, Deed.RUN_TERMINALS, w.site), world, by)
        for who, by in asked.items()
    }
    assert told == {"right": None, "too low": "NOT_ALLOWED", "beside": "OUT_OF_REACH"}


def test_what_belongs_to_nobody_is_the_highest_levels(world):
    Organisation.objects.all()
    lonely = Site.objects.create(code="lonely", name="Lonely", zone="UTC")
    fete = Activity.objects.create(id="fete", site=lonely, title="Fete")
    senior, top = account(Level.SENIOR, world.city), account(Level.SUPER, None)
    assert lonely not in reach_of(senior).sites()
    assert fete not in reach_of(senior).activities()
    assert lonely in reach_of(top).sites()
    assert fete in reach_of(top).activities()
