"""What the database sums up is what somebody would who went through every row."""

import random
import tracemalloc
from collections import defaultdict

import pytest
from django.db import connection

from foundation.words import Words
from settlement.ledger.entries import approved
from settlement.merged_numbers import merged_numbers
from settlement.models import Activity, Exchange, LedgerEntry, Membership, MergedNumber, Review, Volunteer
from settlement.organisations.tree import add_organisation, line_above
from settlement.reach import WHOLE
from settlement.reports import notice, ranking
from settlement.reports.sums import (
    groups_by_month,
    last_days,
    members_by_branch,
    noticed_people,
    rows_of,
    seconds_by_recorder,
    served_people,
    sums_by_branch,
)
from tests.settlement.actors import actor

pytestmark = pytest.mark.django_db

PEOPLE = 40
BRANCHES = ("", "0001", "00010002")


@pytest.fixture(params=[1, 2, 3])
def ledger(request, site, rules, noon_ms):
    """Anybody's time of three years in four organisations and in none, some of it taken back, some merged."""
    drawn = random.Random(request.param)
    Volunteer.objects.bulk_create(
        Volunteer(number=n, display_name=f"Person {n}", may_be_named=drawn.random() > 0.2,
                  suspended=drawn.random() < 0.1)
        for n in range(1, PEOPLE + 1)
    )  # fmt: skip
    top = add_organisation("City")
    homes = [top, add_organisation("East", parent=top), add_organisation("West", parent=top)]
    homes += [add_organisation("Team", parent=homes[2]), add_organisation("Choir"), None]
    activities = [
        Activity.objects.create(id=f"a{place}", site=site, title="A", organisation=home)
        for place, home in enumerate(homes)
    ]
    entries = []
    revisions = defaultdict(int)
    for _ in range(500):
        number, activity = drawn.randint(1, PEOPLE), drawn.choice(activities)
        day = f"{drawn.choice((2024, 2025, 2026))}-0{drawn.randint(1, 4)}-0{drawn.randint(1, 5)}"
        key = (number, activity.pk, day)
        kind = "adjustment" if revisions[key] else "original"
        revisions[key] += 1
        entries.append(
            LedgerEntry(
                volunteer_id=number, activity=activity, local_date=day, kind=kind, rev=revisions[key],
                delta_s=drawn.choice((3600, 1800, -1800, -3600, 900)), flags=[], hands=[], sessions=[],
                reason="LATE_EVENT" if kind == "adjustment" else "", rules_id=rules.version, entered_ms=1,
            )
        )  # fmt: skip
    LedgerEntry.objects.bulk_create(entries)
    Review.objects.bulk_create(
        Review(entry=entry, state=drawn.choice(("approved", "approved", "rejected")), by="Zhao", at_ms=1)
        for entry in LedgerEntry.objects.all()
        if drawn.random() < 0.9
    )
    who = {"by": "Zhao", "account_id": actor("Zhao").account, "reason": "twice", "at_ms": noon_ms}
    for kept, gone in ((1, 2), (1, 3), (10, 11)):
        MergedNumber.objects.create(kept_id=kept, gone_id=gone, **who)
    Membership.objects.bulk_create(
        Membership(volunteer_id=number, organisation=home, joined_ms=0, left_ms=drawn.choice((None, 5)))
        for number in range(1, PEOPLE + 1)
        for home in drawn.sample(homes[:5], 2)
    )
    for number in (1, 2, 5, 6, 11):
        Exchange.objects.create(
            volunteer_id=number, tier="towel", local_date="2026-03-07", state="approved", applied_ms=1,
            reviewed_by="Zhao", reviewed_ms=2,
        )  # fmt: skip


def every_row(year):
    """(person, path, day, activity, seconds) of each approved entry of a year; of all years for None."""
    rows = approved() if year is None else approved().filter(local_date__year=year)
    merged = merged_numbers()
    for number, path, day, activity, t_s in rows.values_list(
        "volunteer__number", "activity__organisation__path", "local_date", "activity__id", "delta_s"
    ):
        yield merged.kept(number), path or "", day, (activity, number), t_s


def in_branch(path, branch):
    return path.startswith(branch)


def seconds_of(year, branch, key):
    found = defaultdict(int)
    for row in every_row(year):
        if in_branch(row[1], branch):
            found[key(row)] += row[4]
    return found


@pytest.mark.parametrize("branch", BRANCHES)
def test_time_by_recorder(ledger, branch):
    assert dict(seconds_by_recorder(2026, branch)) == seconds_of(2026, branch, lambda row: row[1])


@pytest.mark.parametrize("branch", BRANCHES)
def test_groups_by_month(ledger, branch):
    wanted = defaultdict(list)
    for (path, month, _), t_s in seconds_of(2026, branch, lambda row: (row[1], row[2].month, row[0])).items():
        if t_s > 0:
            wanted[path, month].append(t_s)
    found = [(path, month, len(times), sum(times)) for (path, month), times in sorted(wanted.items())]
    assert list(groups_by_month(2026, branch)) == found


@pytest.mark.parametrize("branch", BRANCHES)
def test_sums_by_branch(ledger, branch):
    wanted = {}
    by_year = {}
    for year in (2025, 2026):
        seconds = defaultdict(lambda: defaultdict(int))
        for person, path, _, _, t_s in every_row(year):
            if in_branch(path, branch):
                for above in ("", *line_above(path)):
                    seconds[above][person] += t_s
        by_year[year] = seconds
    for path in by_year[2025].keys() | by_year[2026].keys():
        now, before = by_year[2026][path], by_year[2025][path]
        active = {person for person, t_s in now.items() if t_s > 0}
        earlier = {person for person, t_s in before.items() if t_s > 0}
        wanted[path] = (sum(now.values()), len(active), len(earlier), len(active & earlier))
    assert sums_by_branch(2026, branch) == wanted


@pytest.mark.parametrize("branch", BRANCHES)
def test_members_by_branch(ledger, branch, noon_ms):
    merged, wanted = merged_numbers(), defaultdict(set)
    held = Membership.objects.filter(left_ms=None).values_list("volunteer__number", "organisation__path")
    for number, path in held:
        if in_branch(path, branch):
            for above in ("", *line_above(path)):
                wanted[above].add(merged.kept(number))
    assert members_by_branch(noon_ms, branch) == {path: len(people) for path, people in wanted.items()}


@pytest.mark.parametrize("branch", BRANCHES)
def test_who_served_and_who_is_noticed(ledger, branch):
    seconds = seconds_of(2026, branch, lambda row: row[0])
    served = {number: t_s for number, t_s in seconds.items() if t_s > 0}
    assert {number: int(t_s) for number, t_s in rows_of(served_people(2026, branch))} == served
    gifted = {merged_numbers().kept(number) for number in (1, 2, 5, 6, 11)}
    wanted = served | {n: seconds[n] for n in gifted if n in seconds or not branch}
    found = list(noticed_people(2026, branch))
    assert dict(found) == wanted
    assert [t_s for _, t_s in found] == sorted(wanted.values(), reverse=True)


def test_last_days(ledger):
    lines = defaultdict(int)
    for person, _, day, activity, t_s in every_row(None):
        lines[person, day, activity] += t_s
    wanted = {}
    for (person, day, _), t_s in lines.items():
        if t_s > 0:
            wanted[person] = max(day, wanted.get(person, day))
    assert {number: str(day) for number, day in rows_of(last_days())} == {
        n: str(d) for n, d in wanted.items()
    }


@pytest.mark.parametrize("branch", BRANCHES)
@pytest.mark.parametrize("places", [1, 3, 100])
def test_the_ranking_is_that_of_everybody(ledger, branch, places):
    everybody = ranking.rank(ranking.candidates(2026, branch, 10**6), places)
    table = ranking.report(WHOLE, 2026, Words("en"), branch, places=places)
    assert table == ranking.tabulate(everybody, 2026, Words("en"))


@pytest.mark.parametrize("branch", BRANCHES)
def test_the_notice_is_in_order_and_whole_in_any_portion(ledger, branch, monkeypatch):
    whole = notice.report(WHOLE, 2026, Words("en"), branch).rows
    assert len(whole) == len(list(noticed_people(2026, branch)))
    monkeypatch.setattr(notice, "_AT_ONCE", 3)
    assert notice.report(WHOLE, 2026, Words("en"), branch).rows == whole
    hours = [float(row[1]) for row in whole]
    assert hours == sorted(hours, reverse=True)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="one database is enough: it counts our own memory")
def test_ten_times_the_rows_take_no_more_memory(site, rules):
    """The peak of what Python holds while the indicators and groups are made."""
    activity = Activity.objects.create(id="a", site=site, title="A", organisation=add_organisation("City"))

    def peak(first, count):
        Volunteer.objects.bulk_create(
            Volunteer(number=n, display_name="V") for n in range(first, first + count)
        )
        LedgerEntry.objects.bulk_create(
            LedgerEntry(
                volunteer_id=n, activity=activity, local_date="2026-03-07", kind="original", rev=1,
                delta_s=60, flags=[], hands=[], sessions=[], reason="", rules_id=rules.version, entered_ms=1,
            )
            for n in range(first, first + count)
        )  # fmt: skip
        fresh = LedgerEntry.objects.filter(review=None)
        Review.objects.bulk_create(Review(entry=one, state="approved", by="Zhao", at_ms=1) for one in fresh)
        sums_by_branch(2026)
        tracemalloc.start()
        sums_by_branch(2026)
        list(groups_by_month(2026))
        held = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return held

    assert peak(1000, 5000) < 1.5 * peak(100, 500) + 50_000
