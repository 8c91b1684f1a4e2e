"""Numbers of one person: what is new is for the kept one alone, what exists is read for the person."""

import datetime as dt

import pytest

from foundation.errors import RulesError
from settlement.accounts.accounts import ChangedAccount, NewAccount, actor_of, add_account, change_account
from settlement.accounts.actor import Level
from settlement.accounts.audit import Signed
from settlement.badges.volunteer_source import wanted_of_centre
from settlement.inspections import Visit, enter_visit, missed_lines
from settlement.lists.file import ListFile
from settlement.master_data.organisations import join_organisation
from settlement.master_data.people import allow_naming, assign, enter_credential
from settlement.master_data.people_import import import_people
from settlement.master_data.staff import enter_staff
from settlement.merged_numbers import MergedNumbers
from settlement.models import Account, Assignment, Credential, LedgerEntry, Membership, Volunteer
from settlement.organisations.tree import add_organisation
from settlement.reach import reach_of
from settlement.recognition.certificates import issue_certificate
from settlement.recognition.points import apply_for_gift
from settlement.recognition.ratings import RaterRole, rate
from settlement.records.dispute_standing import standing_of
from settlement.records.disputes import (
    Correction,
    DisputeOutcome,
    DisputeResolution,
    answer_dispute,
    raise_dispute,
)
from settlement.records.manual_records import (
    ManualTime,
    confirm_manual_record,
    enter_manual_record,
    waiting_records,
)
from settlement.review.decide import approve, reject
from settlement.review.lifted_caps import lift_cap
from settlement.review.reopen import reopen
from settlement.rules.evidence import Direction
from settlement.rules.settle import LineKey
from settlement.settling.credited_stays import credit_stay
from settlement.settling.merging import merge_numbers, take_merge_back
from settlement.volunteers.file import personal_file
from settlement.volunteers.transfers import release_transfer, request_transfer
from sync.contract.events import Assurance, Method
from sync.contract.roster import StaffRole
from tests.settlement.actors import actor
from tests.settlement.codes.conftest import issue, pseudonym_key, registered, telephone

__all__ = ["issue", "pseudonym_key", "registered", "telephone"]

pytestmark = pytest.mark.django_db

KEPT, GONE = 1001, 2001
DAY = dt.date(2026, 3, 7)
HOUR_MS = 3_600_000


@pytest.fixture
def twice(mei):
    return Volunteer.objects.create(number=GONE, display_name="Mei Li")


@pytest.fixture
def merge(twice, evening_ms, rules):
    return lambda: merge_numbers(KEPT, GONE, actor("Zhao"), "same card", evening_ms)


@pytest.fixture
def separate(twice, evening_ms):
    return lambda: take_merge_back(GONE, actor("Qian"), "two people", evening_ms + 1)


def test_the_kept_number_has_what_counts_and_one_that_is_gone_has_nothing():
    held = MergedNumbers({2: 1, 3: 1})
    assert (held.kept(3), held.kept(1), held.kept(4)) == (1, 1, 4)
    assert (held.numbers_of(3), held.numbers_of(4)) == ((1, 2, 3), (4,))
    assert held.counted_for([1, 4]) == {1: 1, 2: 1, 3: 1, 4: 4}
    assert held.counted_for([2]) == {}
    assert (held.mark("2"), held.mark("person:x"), held.mark("1")) == ("1", "person:x", "1")
    assert held.without(2).numbers_of(1) == (1, 3)
    assert held.with_merge(4, 5).kept(5) == 4
    assert held.every == {1, 2, 3}


NEW = {
    "a time by hand": lambda w: enter_manual_record(
        ManualTime(GONE, "fair", Direction.IN, 5, "x"), w["by"], w["now_ms"]
    ),
    "an objection": lambda w: raise_dispute(w["gone"], w["fair"], DAY, "x", by=w["by"], now_ms=w["now_ms"]),
    "a gift": lambda w: apply_for_gift(w["gone"], "towel", w["by"], w["now_ms"]),
    "a certificate": lambda w: issue_certificate(w["city"], w["gone"], by=w["by"], now_ms=w["now_ms"]),
    "a card": lambda w: enter_credential("card:x", w["gone"], Method.CARD, Assurance.LOW, w["signed"]),
    "an assignment": lambda w: assign(w["fair"], w["gone"], w["signed"]),
    "an account": lambda w: add_account(
        NewAccount(
            login="wang", name="Wang", level=Level.VOLUNTEER, organisation=w["city"].path, volunteer=GONE
        ),
        w["signed"],
    ),
    "the number of an account": lambda w: change_account("sun", ChangedAccount(volunteer=GONE), w["signed"]),
    "a rating": lambda w: rate(w["gone"], w["fair"], RaterRole.PEER, 1000, by=w["by"], now_ms=w["now_ms"]),
    "a membership": lambda w: join_organisation(w["gone"], w["city"], w["signed"]),
    "a transfer": lambda w: request_transfer(
        w["gone"], w["city"], w["other"], by=w["by"], now_ms=w["now_ms"]
    ),
    "a badge": lambda w: wanted_of_centre([GONE], None, None, w["by"], w["now_ms"], demo=False),
    "a call of an inspector": lambda w: enter_visit(
        w["fair"].site, Visit(at_ms=5, seen=(GONE,)), by=w["by"], now_ms=w["now_ms"]
    ),
    "a wish about the name": lambda w: allow_naming(GONE, w["signed"], may_be_named=False),
    "a PIN": lambda w: enter_staff(
        str(GONE), "Mei", "135790", w["signed"], role=StaffRole.STAFF, site="north"
    ),
    "a lifted cap": lambda w: lift_cap(
        LedgerEntry.objects.filter(volunteer=GONE).first().pk, w["by"], "x", w["now_ms"]
    ),
    "a credited stay": lambda w: credit_stay(
        LedgerEntry.objects.filter(volunteer=GONE).first().pk, w["by"], "x", w["now_ms"]
    ),
    "a rejection taken back": lambda w: reopen(
        LedgerEntry.objects.filter(volunteer=GONE).first().pk, by=w["by"], reason="x", now_ms=w["now_ms"]
    ),
}


@pytest.mark.parametrize("name", NEW)
def test_what_is_new_is_refused_for_a_number_that_is_gone(
    name, twice, ended_fair, city, serve, reviewer, merge, evening_ms
):
    serve(-3, 1, number=GONE)
    approve([LedgerEntry.objects.get().pk], reviewer())
    account = Account.objects.get(pk=actor("Sun", Level.ORDINARY, city.path).account)
    assert actor_of(account).volunteer is None
    Membership.objects.create(volunteer=twice, organisation=city, joined_ms=0)
    world = {
        "by": actor("Zhao"), "now_ms": evening_ms, "gone": twice, "fair": ended_fair, "city": city,
        "other": add_organisation("Other"), "signed": Signed(actor("Zhao"), evening_ms, "x"),
    }  # fmt: skip
    merge()
    with pytest.raises(RulesError) as raised:
        NEW[name](world)
    assert raised.value.code == "NUMBER_MERGED"
    assert "2001 was merged into 1001" in str(raised.value)


def test_a_code_is_sent_to_the_telephone_of_either_number_for_the_kept_one_alone(
    issue, registered, twice, rules, evening_ms
):
    merge_numbers(GONE, KEPT, actor("Zhao"), "same card", evening_ms)
    with pytest.raises(RulesError, match="was merged into"):
        issue(volunteer=registered)
    assert issue(volunteer=twice).ref.startswith("code:2001.")


def test_a_row_of_a_file_is_broken_and_a_card_of_the_other_number_is_no_strangers(
    twice, merge, pseudonym_key, evening_ms
):
    signed = Signed(None, evening_ms)
    header = "number,name,card_uid\n"
    import_people(ListFile(f"{header}2001,Mei Li,04A1B2C3\n".encode()), None, signed)
    merge()
    (broken,) = import_people(ListFile(f"{header}2001,Mei Li,\n".encode()), None, signed).broken
    assert broken.faults[0].code == "number_merged"
    assert not import_people(ListFile(f"{header}1001,Mei,04A1B2C3\n".encode()), None, signed).broken


def test_a_card_of_the_other_number_is_entered_for_the_kept_one_as_it_is(twice, mei, merge, evening_ms):
    Credential.objects.create(ref="card:x", volunteer=twice, method="card", assurance="low")
    merge()
    held = enter_credential("card:x", mei, Method.CARD, Assurance.LOW, Signed(None, evening_ms))
    assert held.volunteer_id == GONE


def test_who_reaches_the_person_under_one_number_reaches_the_kept_one(twice, mei, merge, separate, city):
    Membership.objects.create(volunteer=twice, organisation=city, joined_ms=0)
    here = actor("Sun", Level.MIDDLE, city.path)
    assert set(reach_of(here).volunteers()) == {twice}
    merge()
    assert set(reach_of(here).volunteers()) == {twice, mei}
    separate()
    assert set(reach_of(here).volunteers()) == {twice}


def test_the_person_sees_the_own_things_under_both_numbers(twice, mei, ended_fair, serve, merge, city):
    serve(-3, 1, number=GONE)
    own = actor("v1001", Level.VOLUNTEER, city.path, volunteer=KEPT)
    merge()
    own = actor("v1001")
    assert set(reach_of(own).volunteers()) == {mei, twice}
    assert {row.volunteer_id for row in reach_of(own).entries()} == {KEPT, GONE}
    assert personal_file(GONE, own, 1).merges[0].kept == KEPT
    assert personal_file(KEPT, own, 1).merges[0].gone == GONE


def test_a_file_holds_what_stands_under_each_number(twice, mei, city, merge, credit, evening_ms):
    credit(twice, 3600)
    issue_certificate(city, twice, by=actor("Zhao"), now_ms=evening_ms)
    Membership.objects.create(volunteer=twice, organisation=city, joined_ms=0)
    merge()
    found = personal_file(KEPT, actor("Zhao"), evening_ms)
    assert [held.standing for held in found.certificates] == ["stale"]
    assert [held.name for held in found.memberships] == [city.name]


def test_an_objection_from_before_is_answered_for_the_kept_number(
    twice, ended_fair, serve, merge, reviewer, settle, noon_ms, evening_ms
):
    serve(-3, 1, number=GONE)
    dispute = raise_dispute(twice, ended_fair, DAY, "I stayed longer", by=actor("Sun"), now_ms=evening_ms)
    merge()
    times = (
        Correction(Direction.IN, noon_ms + 2 * HOUR_MS),
        Correction(Direction.OUT, noon_ms + 3 * HOUR_MS),
    )
    answer = DisputeResolution(DisputeOutcome.UPHELD, "we looked", times)
    done = answer_dispute(dispute.pk, answer, by=actor("Wu"), now_ms=evening_ms + 1)
    assert [record.volunteer_id for record in done.records] == [KEPT, KEPT]
    for record in done.records:
        confirm_manual_record(record.pk, actor("Qian"), evening_ms + 2)
    settle()
    dispute.refresh_from_db()
    assert standing_of(dispute, evening_ms).state == "to_amend"
    waits = LedgerEntry.objects.get(review=None)
    assert (waits.volunteer_id, waits.delta_s) == (KEPT, 5 * 3600)
    approve([waits.pk], reviewer())
    assert standing_of(dispute, evening_ms).state == "amended"


def test_a_merge_amends_no_objection(twice, ended_fair, serve, merge, reviewer, evening_ms):
    serve(-3, 1, number=GONE)
    dispute = raise_dispute(twice, ended_fair, DAY, "I stayed longer", by=actor("Sun"), now_ms=evening_ms - 9)
    upheld = DisputeResolution(DisputeOutcome.UPHELD, "the shift is wrong")
    answer_dispute(dispute.pk, upheld, by=actor("Wu"), now_ms=evening_ms - 5)
    merge()
    approve([LedgerEntry.objects.get(review=None).pk], reviewer())
    dispute.refresh_from_db()
    assert standing_of(dispute, evening_ms).state == "to_amend"


def test_an_end_that_the_centre_put_down_waits_for_whom_its_stay_is_now(
    twice, ended_fair, serve, merge, separate, settle, evening_ms
):
    from settlement.reach import WHOLE

    ended_fair.policy = {"missing_out_policy": "claim"}
    ended_fair.save()
    serve(-3, None, number=GONE)
    settle(evening_ms + 12 * HOUR_MS)
    (record,) = waiting_records(WHOLE)
    assert record.volunteer_id == GONE
    merge()
    settle(evening_ms + 12 * HOUR_MS)
    assert list(waiting_records(WHOLE)) == [record]
    confirm_manual_record(record.pk, actor("Qian"), evening_ms + 13 * HOUR_MS)
    settle(evening_ms + 13 * HOUR_MS)
    assert LedgerEntry.objects.get(review=None).delta_s > 0


def test_who_was_called_by_two_numbers_and_seen_by_one_was_seen(
    twice, mei, wei, ended_fair, serve, merge, noon_ms, evening_ms
):
    serve(-3, 1)
    serve(-3, 1, number=GONE)
    visit = Visit(at_ms=noon_ms, seen=(GONE,), not_seen=(KEPT,))
    enter_visit(ended_fair.site, visit, by=actor("Sun"), now_ms=evening_ms)
    key = LineKey(str(KEPT), "fair", DAY)
    assert missed_lines([key]) == {key: ("Sun",)}
    merge()
    assert missed_lines([key]) == {}
    again = Visit(at_ms=noon_ms + 1, not_seen=(KEPT,))
    enter_visit(ended_fair.site, again, by=actor("Li"), now_ms=evening_ms)
    assert missed_lines([key]) == {key: ("Li",)}


def test_who_was_missed_under_the_other_number_was_missed(
    twice, ended_fair, serve, merge, noon_ms, evening_ms
):
    serve(-3, 1, number=GONE)
    visit = Visit(at_ms=noon_ms, not_seen=(GONE,))
    enter_visit(ended_fair.site, visit, by=actor("Sun"), now_ms=evening_ms)
    merge()
    key = LineKey(str(KEPT), "fair", DAY)
    assert missed_lines([key]) == {key: ("Sun",)}


def test_who_decided_under_one_number_takes_no_part_under_the_other(
    twice, ended_fair, serve, merge, reviewer, evening_ms
):
    """Two accounts, each with one of the numbers, turn out to be one person's."""
    wei_by = actor(str(KEPT)), actor(str(GONE))
    serve(-3, 1, number=GONE)
    merge()
    marks = [actor(by.name).marks for by in wei_by]
    assert {"1001", "2001", f"person:{wei_by[0].person}", f"person:{wei_by[1].person}"} <= marks[0] & marks[1]


def test_a_transfer_from_before_goes_no_further_under_the_gone_number(twice, city, merge, evening_ms):
    Membership.objects.create(volunteer=twice, organisation=city, joined_ms=0)
    moving = request_transfer(twice, city, add_organisation("Other"), by=actor("Sun"), now_ms=evening_ms)
    merge()
    with pytest.raises(RulesError, match="was merged into"):
        release_transfer(moving.pk, by=actor("Zhao"), now_ms=evening_ms)


def test_badges_are_printed_for_the_kept_number_where_the_other_one_is_expected(
    twice, mei, fair, merge, evening_ms
):
    Assignment.objects.create(activity=fair, volunteer=twice)
    merge()
    wanted = wanted_of_centre([], "fair", None, actor("Zhao"), evening_ms, demo=False)
    assert [one.badge.volunteer for one in wanted] == [KEPT]


def test_a_rejection_from_before_is_not_reopened_under_the_gone_number(
    twice, ended_fair, serve, merge, reviewer, evening_ms
):
    serve(-3, 1, number=GONE)
    entry = LedgerEntry.objects.get().pk
    reject([entry], reviewer(note="no"))
    merge()
    with pytest.raises(RulesError, match="was merged into"):
        reopen(entry, by=actor("Sun"), reason="seen", now_ms=evening_ms)
