"""The inbox: what waits is counted and told, decided by who may, and what is refused is said."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from foundation.errors import RulesError
from foundation.words import LANGUAGES, Words
from settlement.accounts.actor import Level
from settlement.accounts.audit import Kind, records_of
from settlement.master_data.applications import approve_application
from settlement.models import (
    Activity,
    CertificateRequest,
    Chain,
    Dispute,
    Exchange,
    ManualRecord,
    Membership,
    NamedActivity,
    PhaseChange,
    StarReview,
    Transfer,
    UnnamedActivity,
    Volunteer,
    WalkIn,
)
from settlement.organisations.tree import add_organisation
from settlement.recognition.certificate_requests import grant_request
from settlement.web.inbox.kinds import KINDS
from tests.settlement.actors import actor
from tests.settlement.web.conftest import Browser, browser_of

pytestmark = pytest.mark.django_db
SEEN = {"walk_ins": "Written down at north-gate"}
"""By what one is seen to be listed, where no name stands."""


@pytest.fixture
def client(no_second_factor):
    return browser_of(actor("Zhao"))


@pytest.fixture
def waiting(mei, ended_fair, noon_ms, terminal):
    """One of each kind, of Mei; entered by Sun."""
    fair = Activity.objects.create(id="spring", site=ended_fair.site, title="Mei's fair")
    chain = Chain.objects.create(terminal_id="north-gate", epoch="f" * 32, hash="0" * 64)
    moves = {"origin": add_organisation("From"), "destination": add_organisation("To")}
    by = {"entered_by": "Sun", "entered_account_id": actor("Sun").account}
    return {
        "times": ManualRecord.objects.create(
            volunteer=mei, activity=ended_fair, direction="in", at_ms=noon_ms, reason="reader <b>broken</b>",
            entered_ms=noon_ms, **by,
        ),
        "objections": Dispute.objects.create(
            volunteer=mei, activity=ended_fair, local_date="2026-03-07", objection="left at five",
            raised_by="Mei", raised_ms=noon_ms,
        ),
        "gifts": Exchange.objects.create(
            volunteer=mei, tier="towel", local_date="2026-03-07", state="applied", applied_ms=noon_ms
        ),
        "applications": PhaseChange.objects.create(activity=fair, phase="submitted", from_ms=noon_ms),
        "unnamed": UnnamedActivity.objects.create(chain=chain, seq=1, volunteer=mei, way="several"),
        "walk_ins": WalkIn.objects.create(ref="walkin:" + "a" * 32, chain=chain, seq=2, arrived_ms=noon_ms),
        "transfers": Transfer.objects.create(
            volunteer=mei, state="requested", requested_by="Mei", requested_ms=noon_ms, **moves
        ),
        "handouts": Exchange.objects.create(
            volunteer=mei, tier="towel", local_date="2026-03-07", state="approved", applied_ms=noon_ms,
            reviewed_by="Sun", reviewed_ms=noon_ms,
        ),
        "stars": StarReview.objects.create(
            volunteer=mei, stars_before=2, stars_after=1, approved_s=3600, raised_ms=noon_ms
        ),
        "certificates": CertificateRequest.objects.create(
            volunteer=mei, organisation=add_organisation("Harbour"), state="requested", asked_ms=noon_ms
        ),
    }  # fmt: skip


@pytest.fixture
def unnamed_scan(ended_fair, market, mei, terminal, deliver, noon_ms):
    """Mei came while the terminal had no roster and two activities were under way."""
    terminal.check_in(activity="?", wall_ms=noon_ms - 3 * 3_600_000)
    deliver()
    return UnnamedActivity.objects.get()


def told(response):
    return response.content.decode()


def test_what_waits_is_counted_by_kind_and_told(client, waiting):
    overview = told(client.get("/inbox/"))
    for kind in KINDS:
        assert f'href="/inbox/{kind.code}/"' in overview
        assert SEEN.get(kind.code, "Mei") in told(client.get(f"/inbox/{kind.code}/"))
    assert "Lantern fair: came at 2026-03-07 12:00:00" in told(client.get("/inbox/times/"))
    assert "reader &lt;b&gt;broken&lt;/b&gt;" in told(client.get("/inbox/times/"))
    assert "left at five" in told(client.get("/inbox/objections/"))
    assert "towel, for 10 points" in told(client.get("/inbox/gifts/"))


def decide(client, waiting, kind, what, note=""):
    return client.post(f"/inbox/{kind}/{waiting[kind].pk}", {"what": what, "note": note}, follow=True)


@pytest.mark.parametrize(
    ("kind", "what", "outcome"),
    [
        ("times", "confirm", lambda w: w["times"].decision.confirmed),
        ("times", "decline", lambda w: not w["times"].decision.confirmed),
        ("objections", "reject", lambda w: w["objections"].answer.outcome == "rejected"),
        ("gifts", "refuse", lambda w: w["gifts"].state == "rejected"),
        ("handouts", "hand_out", lambda w: w["handouts"].fulfilled_by == "Zhao"),
        ("certificates", "refuse", lambda w: w["certificates"].note == "as the log says"),
        ("stars", "withdraw", lambda w: StarReview.objects.get().withdrawn is True),
        ("stars", "keep", lambda w: StarReview.objects.get().withdrawn is False),
    ],
)
def test_each_is_decided_on_its_page(kind, what, outcome, client, waiting):
    assert "It is decided." in told(decide(client, waiting, kind, what, "as the log says"))
    assert outcome({name: type(row).objects.get(pk=row.pk) for name, row in waiting.items()})
    assert "Mei" not in told(client.get(f"/inbox/{kind}/"))


@pytest.mark.parametrize(
    ("kind", "what"),
    [
        ("times", "decline"),
        ("stars", "keep"),
        ("gifts", "refuse"),
        ("applications", "refuse"),
        ("unnamed", "name"),
        ("transfers", "letter"),
        ("certificates", "refuse"),
    ],
)
def test_what_needs_a_reason_is_refused_without(kind, what, client, waiting):
    response = decide(client, waiting, kind, what)
    assert "It is decided." not in told(response)
    assert 'role="status"' in told(response)
    assert "Mei" in told(client.get(f"/inbox/{kind}/"))


@pytest.mark.parametrize(("what", "phase"), [("approve", "recruiting"), ("refuse", "archived")])
def test_an_application_is_answered_once_with_the_reason_on_record(
    what, phase, client, waiting, pages_at, noon_ms
):
    pages_at(noon_ms + 1000)
    assert "It is decided." in told(decide(client, waiting, "applications", what, "no room"))
    assert Activity.objects.get(pk="spring").phases.order_by("from_ms").last().phase == phase
    assert records_of(Kind.ACTIVITY, "spring").get().reason == "no room"
    assert client.post(f"/inbox/applications/{waiting['applications'].pk}", {"what": what}).status_code == 404


def test_a_move_is_let_go_and_taken_in_by_two_persons(client, waiting, mei):
    move = waiting["transfers"]
    Membership.objects.create(volunteer=mei, organisation=move.origin, joined_ms=0)
    assert 'value="release"' not in told(client.get("/inbox/transfers/")), "not without a letter"
    decide(client, waiting, "transfers", "letter", "letter 12")
    decide(client, waiting, "transfers", "release")
    assert "another person takes the volunteer in" in told(client.get("/inbox/transfers/"))
    assert "It is decided." not in told(decide(client, waiting, "transfers", "accept"))
    assert "It is decided." in told(decide(browser_of(actor("Wu")), waiting, "transfers", "accept"))
    assert Membership.objects.get(left_ms=None).organisation == move.destination


def test_a_move_is_asked_for_within_reach_alone(mei, ended_fair, no_second_factor):
    origin, destination = add_organisation("From"), add_organisation("To")
    Membership.objects.create(volunteer=mei, organisation=origin, joined_ms=0)
    form = {"volunteer": "1001", "origin": origin.path, "destination": destination.path}
    ask = "/inbox/transfers/requested"
    outsider = browser_of(actor("Chen", Level.SENIOR, destination.path))
    assert "There is no volunteer 1001" in told(outsider.post(ask, form, follow=True))
    assert Browser().post(ask, form).status_code == 403
    assert browser_of(actor("1001", Level.VOLUNTEER, origin.path)).post(ask, form).status_code == 403
    assert not Transfer.objects.exists()
    inside = browser_of(actor("Wu", Level.ORDINARY, origin.path))
    assert "Mei" in told(inside.post(ask, form, follow=True))
    assert "already" in told(inside.post(ask, form, follow=True))
    assert Transfer.objects.get().requested_by == "Wu"


def test_a_scan_gets_the_activity_that_somebody_chooses(client, mei, ended_fair, unnamed_scan, waiting):
    assert '<option value="fair">Lantern fair</option>' in told(client.get("/inbox/unnamed/"))
    form = {"what": "name", "note": "the roster was late", "choice": "nothing"}
    refused = client.post(f"/inbox/unnamed/{unnamed_scan.pk}", form, follow=True)
    assert "It is decided." not in told(refused)
    done = client.post(f"/inbox/unnamed/{unnamed_scan.pk}", form | {"choice": "fair"}, follow=True)
    assert "It is decided." in told(done)
    assert NamedActivity.objects.values_list("activity", "reason").get() == ("fair", "the roster was late")


def test_who_entered_a_time_does_not_confirm_it(waiting, no_second_factor):
    assert "It is decided." not in told(decide(browser_of(actor("Sun")), waiting, "times", "confirm"))
    assert "Mei" in told(browser_of(actor("Zhao")).get("/inbox/times/"))


@pytest.mark.parametrize(
    ("path", "what", "status"),
    [
        ("/inbox/times/999", "confirm", 404),
        ("/inbox/times/{times}", "grant", 404),
        ("/inbox/times/{times}", "", 404),
        ("/inbox/nonsense/1", "confirm", 404),
        ("/inbox/stars/{times}99", "keep", 404),
        ("/inbox/applications/{times}99", "approve", 404),
    ],
)
def test_what_is_not_there_or_no_decision_is_refused(path, what, status, client, waiting):
    numbers = {kind: row.pk for kind, row in waiting.items()}
    assert client.post(path.format(**numbers), {"what": what}).status_code == status
    assert not hasattr(ManualRecord.objects.get(), "decision")


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_page_speaks_each_language(language, client, waiting):
    for page in ("/inbox/", *(f"/inbox/{kind.code}/" for kind in KINDS)):
        response = client.get(f"{page}?language={language}")
        assert response.status_code == 200
        assert Words(language).say("page-inbox") in told(response)


def test_nobody_sees_or_decides_what_is_beyond_the_own_reach(waiting, mei, ended_fair, no_second_factor):
    city, other = add_organisation("City"), add_organisation("Other city")
    Activity.objects.update(organisation=city)
    Transfer.objects.update(origin=city)
    CertificateRequest.objects.update(organisation=city)
    Membership.objects.create(volunteer=mei, organisation=city, joined_ms=0)
    outsider = browser_of(actor("Chen", Level.SENIOR, other.path))
    inside = browser_of(actor("Wu", Level.SENIOR, city.path))
    volunteer = browser_of(actor("1001", Level.VOLUNTEER, city.path))
    for kind in KINDS:
        form = {"what": next(iter(kind.acts)), "note": "x"}
        page, post = f"/inbox/{kind.code}/", f"/inbox/{kind.code}/{waiting[kind.code].pk}"
        assert Browser().get(page).status_code == 302
        assert Browser().post(post, form).status_code == 403
        assert volunteer.get(page).status_code == 403
        assert volunteer.post(post, form).status_code == 403
        assert SEEN.get(kind.code, "Mei") not in told(outsider.get(page))
        assert outsider.post(post, form).status_code == 404
        assert SEEN.get(kind.code, "Mei") in told(inside.get(page))
    assert not hasattr(ManualRecord.objects.get(), "decision")
    assert StarReview.objects.get().withdrawn is None


def test_a_page_costs_the_same_however_much_waits(client, waiting, ended_fair, noon_ms):
    def queries(page):
        with CaptureQueriesContext(connection) as seen:
            assert client.get(page).status_code == 200
        return len(seen)

    pages = ["/inbox/", *(f"/inbox/{kind.code}/" for kind in KINDS)]
    for page in pages:
        queries(page)
    few = {page: queries(page) for page in pages}
    assert max(few.values()) <= 12, few
    for number in range(4001, 4011):
        person = Volunteer.objects.create(number=number, display_name="Somebody")
        ManualRecord.objects.create(
            volunteer=person, activity=ended_fair, direction="out", at_ms=noon_ms, reason="x",
            entered_by="Sun", entered_ms=noon_ms,
        )  # fmt: skip
        UnnamedActivity.objects.create(
            chain=waiting["unnamed"].chain, seq=number, volunteer=person, way="several"
        )
        fair = Activity.objects.create(id=f"fair-{number}", site=ended_fair.site, title="Fair")
        PhaseChange.objects.create(activity=fair, phase="submitted", from_ms=noon_ms)
    assert {page: queries(page) for page in pages} == few


def test_what_is_gone_by_the_time_somebody_decides_is_told(db, noon_ms):
    zhao = actor("Zhao")
    with pytest.raises(RulesError, match=r"This application waits no more. Look at the list again"):
        approve_application(999, zhao, noon_ms)
    with pytest.raises(RulesError, match=r"no request 999 for a certificate. Look at the list again"):
        grant_request(999, zhao, noon_ms)
