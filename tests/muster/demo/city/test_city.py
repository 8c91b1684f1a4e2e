"""What the city leaves for people to decide: every case as its file foresees it, something of every kind."""

import time

import pytest

from foundation.errors import SettingsError
from sync.contract.wire import Realm
from tests.muster.demo.city.conftest import NOW_MS

pytestmark = pytest.mark.django_db


def flags_of(city, volunteer, activity, day):
    """The remarks of a line as it is settled; None where there is no line."""
    from settlement.models import Line

    on = city.calendar.date(day)
    line = Line.objects.filter(volunteer=volunteer, activity=activity, local_date=on).first()
    return None if line is None else set(line.flags)


def test_each_case_ends_as_its_file_foresees(city):
    for played in city.cases:
        case = played.case
        found = flags_of(city, played.volunteer, case.activity, case.day)
        if case.lineless:
            assert found is None, case.what
            continue
        assert set(case.flags) <= found, case.what
        if case.also:
            assert set(case.also.flags) <= flags_of(city, played.volunteer, case.also.activity, case.day), (
                case.what
            )


def test_every_remark_there_is_can_be_seen_in_the_review_or_on_an_approved_line(city):
    from settlement.models import LedgerEntry, Review
    from settlement.rules.flags import BLOCKING_FLAGS, Flag

    gone = Review.objects.filter(state="superseded").values("entry")
    entries = LedgerEntry.objects.exclude(pk__in=gone)
    shown = {flag for flags in entries.values_list("flags", flat=True) for flag in flags}
    assert shown == set(Flag)
    waiting = entries.filter(review=None).values_list("flags", flat=True)
    assert {*BLOCKING_FLAGS, Flag.CAP_LIFTED, Flag.CREDENTIAL_REVOKED, Flag.CREDENTIAL_USED_TWICE} <= {
        flag for flags in waiting for flag in flags
    }


def test_most_of_what_waits_is_clean_and_ready_and_some_of_it_late_or_not_ready(city):
    from settlement.models import Activity
    from settlement.reach import WHOLE
    from settlement.review.browse import waiting_activities
    from settlement.review.queue import waiting_entries

    found = waiting_activities(WHOLE).activities
    assert sum(one.clean for one in found) > sum(one.waiting - one.clean for one in found)
    market = waiting_entries(WHOLE, Activity.objects.get(pk="lantern-market"))
    assert all(one.readiness.is_ready for one in market)
    (clinic,) = {
        reason
        for one in waiting_entries(WHOLE, Activity.objects.get(pk="vaccination-day"))
        for reason in one.readiness.unready.values()
    }
    assert clinic == "SEQ_GAP"
    late = waiting_entries(WHOLE, Activity.objects.get(pk="spring-cleaning"))
    assert {one.readiness.due < city.calendar.today for one in late} == {True}


def test_something_of_every_kind_waits_for_somebody(city):
    from settlement.inspections import missed_lines, overdue_sites
    from settlement.models import (
        Certificate,
        Event,
        EventOutcome,
        Exchange,
        ManualRecord,
        PhaseChange,
        PublicNotice,
        Quarantine,
        Rating,
        StaleCertificate,
        TerminalRequest,
        Volunteer,
    )
    from settlement.reach import WHOLE
    from settlement.recognition.points import waiting_exchanges
    from settlement.recognition.stars import open_star_reviews
    from settlement.records.disputes import open_disputes
    from settlement.records.manual_records import waiting_records
    from settlement.review.queue import waiting_entries
    from settlement.rules.settle import LineKey
    from settlement.volunteers.transfers import open_transfers

    records = waiting_records(WHOLE)
    assert records.filter(claim_seq__isnull=False).exists()
    assert records.filter(of_dispute__isnull=False).exists()
    assert records.filter(claim_seq=None, of_dispute=None).exists()
    assert ManualRecord.objects.filter(decision__confirmed=True).exists()
    assert open_disputes(WHOLE).count() >= 2
    assert waiting_exchanges(WHOLE).count() == 1
    assert Exchange.objects.filter(state="approved").count() == 1
    assert open_star_reviews(WHOLE).count() == 1
    assert {one.state for one in open_transfers(WHOLE)} == {"requested", "released"}
    assert {one.role for one in Rating.objects.all()} == {"leader", "recipient"}
    assert Certificate.objects.count() > StaleCertificate.objects.count() == 1
    due = {site.code for site, _ in overdue_sites(WHOLE, NOW_MS, 7)}
    assert {"south-clinic", "old-harbour-library"} <= due
    assert not {"riverside-park", "willow-square"} & due
    (unseen,) = [one for one in city.cases if "not_seen" in one.case.then]
    key = LineKey(str(unseen.volunteer), unseen.case.activity, city.calendar.date(unseen.case.day))
    assert missed_lines([key])
    assert any(one.stored.entry.delta_s < 0 for one in waiting_entries(WHOLE))
    assert any(one.long_stay for one in waiting_entries(WHOLE))
    reasons = set(Event.objects.exclude(review_reason="").values_list("review_reason", flat=True))
    assert {"unknown_volunteer", "several_activities", "code_used_twice"} <= reasons
    assert EventOutcome.objects.filter(outcome="held:PHASE_CLOSED").exists()
    assert Volunteer.objects.filter(suspended=True).count() == 1
    assert TerminalRequest.objects.filter(state="waiting").count() == 1
    assert Quarantine.objects.get().terminal == "riverside-park-1"
    assert {one.phase for one in PhaseChange.objects.filter(phase__in=("submitted", "recruiting"))} == {
        "submitted",
        "recruiting",
    }
    assert PublicNotice.objects.get().content["rows"]


def test_people_are_here_and_missing_now_and_one_site_is_in_trouble(city):
    from settlement.models import Site, TerminalStatus
    from settlement.reach import WHOLE
    from settlement.review.sites_now import missing_at, sites_now

    assert not TerminalStatus.objects.filter(roster=0).exists()
    # Certificates end by the machine's clock.
    sites = {one.code: one for one in sites_now(WHOLE, NOW_MS, time.time_ns() // 1_000_000)}
    assert len(sites) == 4
    clinic = sites.pop("south-clinic")
    assert (clinic.silent, clinic.lacking, clinic.is_in_trouble) == (1, 3, True)
    assert sites["willow-square"].alarms == 1
    for one in sites.values():
        assert one.here > one.missing > 0
        assert one.is_in_trouble == bool(one.alarms)
    library = Site.objects.get(pk="old-harbour-library")
    assert len(missing_at(library, WHOLE, NOW_MS)) == sites["old-harbour-library"].missing


def test_a_live_centre_gets_none_of_it(city, settings):
    from muster.demo.city.fill import Filling, fill_city
    from settlement.centre import Centre
    from settlement.models import Account, Volunteer
    from settlement.settings import QuarantineSettings
    from settlement.signing_keys import load_signing_keys
    from tests.settlement.actors import actor

    signing = load_signing_keys(settings.CENTRE)
    live = Centre(Realm.LIVE, "a" * 32, 1, signing.key, signing.public, QuarantineSettings())
    wanted = Filling(
        settings=settings.CENTRE,
        centre=live,
        deciders=(actor("Zhao Min"), actor("Qian Li")),
        staff=("liaison-7", "leader-2"),
        now_ms=NOW_MS,
        settle=lambda: None,
    )
    before = (Account.objects.count(), Volunteer.objects.count())
    with pytest.raises(SettingsError, match="real one"):
        fill_city(wanted)
    assert (Account.objects.count(), Volunteer.objects.count()) == before
