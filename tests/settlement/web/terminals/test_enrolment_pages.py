"""Enrolling on pages: a token shown once, six words compared, files of terminals without a network."""

import html
import re

import msgspec
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from foundation.words import LANGUAGES, Words
from settlement.accounts.accounts import end_account
from settlement.accounts.actor import Level
from settlement.accounts.audit import Signed
from settlement.enrolment.tokens import add_terminal
from settlement.models import EnrolmentToken, RefusedEnrolment, Site, Terminal, TerminalRequest
from sync.contract.enrolment import AnswerState, EnrolmentAnswer
from sync.contract.enrolment_token import read_token
from tests.settlement.actors import actor
from tests.settlement.web.conftest import Browser, browser_of
from tests.settlement.web.terminals.conftest import told

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("centre_settings", "at_noon")]

TOKEN = {"name": "lantern-1", "site": "north", "minutes": "30"}


@pytest.fixture
def bring(settings, noon_ms):
    """Brings a request to the centre over the network."""
    from settlement.authority.certificates import open_authority
    from settlement.enrolment.requests import answer_request

    def _bring(terminal, address="192.0.2.7"):
        authority = open_authority(settings.CENTRE)
        return answer_request(
            terminal.payload, address, noon_ms, settings=settings.CENTRE, authority=authority
        )

    return _bring


def token_on(page):
    return read_token(re.search(r"muster enrol (MUSTER1\.[A-Z2-7]+)", page)[1])


def test_a_token_is_shown_once_as_text_and_as_a_drawing(inside, bring, asking):
    client = inside()
    page = told(client.post("/enrolment/token", TOKEN))
    token = token_on(page)
    assert (token.terminal, token.text() in page) == ("lantern-1", True)
    drawing = re.search(r"<svg.*?</svg>", page, re.DOTALL)[0]
    assert "<path" in drawing
    assert "style" not in drawing
    assert "within 30 minutes" in page
    overview = told(client.get("/enrolment/"))
    assert "lantern-1" in overview
    assert token.text() not in overview
    answered = bring(asking(token))
    assert answered.state is AnswerState.GRANTED
    assert Terminal.objects.get().id == "lantern-1"


def test_a_new_key_is_let_in_by_a_token_too(inside, terminal, bring, asking):
    token = token_on(told(inside().post("/terminals/north-gate/renew", {"minutes": "5"})))
    renewed = asking(token)
    assert bring(renewed).state is AnswerState.GRANTED
    assert Terminal.objects.get().public_key == renewed.key.public.raw.hex()


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"name": "centre"}, "No terminal can be called centre"),
        ({"name": "Lantern <1>"}, "No terminal can be called Lantern &lt;1&gt;"),
        ({"name": "north-gate"}, "There is a terminal north-gate already"),
    ],
)
def test_what_can_not_be_a_name_is_told(changes, why, inside, terminal):
    assert why in told(inside().post("/enrolment/token", TOKEN | changes, follow=True))
    assert not EnrolmentToken.objects.exists()


def test_a_name_that_is_taken_elsewhere_does_not_tell_where(inside, city):
    hidden = Site.objects.create(code="hidden", name="Hidden place", zone="UTC")
    Terminal.objects.create(id="far-gate", site=hidden, bucket="01", public_key="c" * 64, realm="live")
    page = told(inside().post("/enrolment/token", TOKEN | {"name": "far-gate"}, follow=True))
    assert "There is a terminal far-gate already" in page
    assert "Hidden" not in page
    whole = told(
        browser_of(actor("Zhao")).post("/enrolment/token", TOKEN | {"name": "far-gate"}, follow=True)
    )
    assert "Hidden place" in whole


@pytest.mark.parametrize("minutes", ["", "0", "-3", "9999999", "x"])
def test_how_long_it_is_good_has_a_most(minutes, inside, noon_ms):
    inside().post("/enrolment/token", TOKEN | {"minutes": minutes})
    assert 0 < EnrolmentToken.objects.get().ends_ms - noon_ms <= 7 * 24 * 60 * 60_000


def test_who_waits_is_let_in_only_once_the_words_were_compared(inside, by_hand, bring, asking, site):
    client = inside()
    terminal = asking(token_on(told(client.post("/enrolment/token", TOKEN))))
    assert bring(terminal).state is AnswerState.WAITING
    row = TerminalRequest.objects.get()
    listed = told(client.get("/enrolment/"))
    assert row.words in listed
    assert f"/enrolment/request?code={row.code}" in listed
    asked = told(client.get(f"/enrolment/request?code={row.code}"))
    assert row.words in asked
    form = {"code": row.code, "what": "approve"}
    assert "It was not said that the six words" in told(client.post("/enrolment/decided", form, follow=True))
    assert not Terminal.objects.exists()
    page = told(client.post("/enrolment/decided", form | {"same": "yes"}, follow=True))
    assert "lantern-1 is enrolled" in page
    assert row.words in page
    assert re.search(r"Enrolled</dt><dd><time[^>]*>2026-03-07 12:00:00</time> · <bdi>Wu senior", page)
    assert bring(terminal).state is AnswerState.GRANTED
    assert client.post("/enrolment/decided", form | {"same": "yes"}).status_code == 404


def test_who_waits_without_a_token_is_found_by_its_code_alone(inside, bring, asking, zhao):
    bring(asking())
    row = TerminalRequest.objects.get()
    client = inside()
    assert row.code not in told(client.get("/enrolment/"))
    assert row.words in told(client.get(f"/enrolment/request?code={row.code.lower()}"))
    assert row.code in told(zhao.get("/enrolment/"))
    form = {"code": row.code, "what": "approve", "same": "yes", "name": "", "site": "north"}
    assert "needs a name and a site" in told(client.post("/enrolment/decided", form, follow=True))
    form["name"] = "lantern-2"
    assert "lantern-2 is enrolled" in told(client.post("/enrolment/decided", form, follow=True))
    assert Terminal.objects.get().site_id == "north"


def test_who_waits_is_turned_away(inside, bring, asking):
    terminal = asking()
    bring(terminal)
    code = TerminalRequest.objects.get().code
    page = told(inside().post("/enrolment/decided", {"code": code, "what": "refuse"}, follow=True))
    assert "is turned away" in page
    assert bring(terminal).refusal == "declined"


def test_a_terminal_without_a_network_is_answered_by_a_file(inside, asking):
    client = inside()
    terminal = asking(token_on(told(client.post("/enrolment/token", TOKEN))))

    def send(content):
        return client.post(
            "/enrolment/answer", {"request": SimpleUploadedFile("r.json", content)}, follow=True
        )

    reply = send(terminal.payload)
    assert reply["Content-Disposition"] == 'attachment; filename="reply.json"'
    answered = msgspec.json.decode(reply.content, type=EnrolmentAnswer)
    assert terminal.granted(answered).terminal == "lantern-1"
    for wrong in (b"hello", b"x" * 70_000):
        assert "do not understand each other" in told(send(wrong))
    assert 'role="status"' in told(client.post("/enrolment/answer", follow=True))


def test_a_file_may_have_to_wait(inside, by_hand, asking):
    client = inside()
    sent = {"request": SimpleUploadedFile("r.json", asking().payload)}
    assert "It waits to be let in" in told(client.post("/enrolment/answer", sent, follow=True))


def test_who_was_turned_away_is_told_to_the_whole_tree(zhao, inside, bring, asking):
    RefusedEnrolment.objects.create(
        at_ms=TerminalRequest.objects.count() + 10**13, refusal="used", terminal="<b>x", address="192.0.2.9"
    )
    assert "192.0.2.9" in told(zhao.get("/enrolment/"))
    assert "&lt;b&gt;x" in told(zhao.get("/enrolment/"))
    assert "192.0.2.9" not in told(inside().get("/enrolment/"))


GET = ("/enrolment/", "/enrolment/strangers", "/enrolment/request?code={code}")
POST = {
    "/enrolment/token": TOKEN,
    "/enrolment/decided": {"what": "approve", "same": "yes"},
    "/enrolment/answer": {},
}


@pytest.fixture
def waiting(by_hand, settings, city, bring, asking, noon_ms):
    """Somebody waits to be let in at the city's site."""
    token = add_terminal("lantern-1", "north", 60, actor("Zhao"), noon_ms, settings=settings.CENTRE)
    bring(asking(token))
    yield TerminalRequest.objects.get()
    assert TerminalRequest.objects.get().state == "waiting"
    assert EnrolmentToken.objects.count() == 1
    assert not Terminal.objects.exists()


def form_of(address, waiting):
    return POST[address] | ({"code": waiting.code} if "decided" in address else {})


def test_nobody_enrols_beyond_the_own_reach(waiting, outsider, city):
    page = told(outsider.get("/enrolment/"))
    for secret in ("lantern", waiting.words, waiting.code, "North"):
        assert secret not in page
    assert outsider.get(f"/enrolment/request?code={waiting.code}").status_code == 404
    assert outsider.post("/enrolment/token", TOKEN).status_code == 404
    for what in ("approve", "refuse"):
        form = {"code": waiting.code, "what": what, "same": "yes", "name": "mine", "site": "north"}
        assert outsider.post("/enrolment/decided", form).status_code == 404


def test_a_level_that_does_not_run_terminals_sees_and_does_nothing(waiting, inside, city):
    volunteer = browser_of(actor("1001", Level.VOLUNTEER, city.path))
    for address in GET:
        page = address.format(code=waiting.code)
        assert Browser().get(page).status_code == 302
        for client in (volunteer, inside(Level.ORDINARY), inside(Level.MIDDLE)):
            assert client.get(page).status_code == 403
    for address in POST:
        form = form_of(address, waiting)
        assert Browser().post(address, form).status_code == 403
        for client in (volunteer, inside(Level.ORDINARY), inside(Level.MIDDLE)):
            assert client.post(address, form).status_code == 403, address
            assert client.get(address).status_code == 405


def test_whose_right_ended_enrols_nobody(waiting, inside):
    client = inside()
    assert client.get("/enrolment/").status_code == 200
    end_account("wu-senior", Signed(actor("Zhao"), 1, "left"))
    for address in POST:
        assert client.post(address, form_of(address, waiting)).status_code == 403
    assert client.get(f"/enrolment/request?code={waiting.code}").status_code == 302


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_page_speaks_each_language(language, waiting, zhao, inside):
    words = Words(language)
    for page in GET:
        response = zhao.get(
            f"{page.format(code=waiting.code)}{'&' if '?' in page else '?'}language={language}"
        )
        assert response.status_code == 200
        shown = told(response)
        assert words.say("page-enrolment") in html.unescape(shown)
        assert not re.search(r"<script|<style|\sstyle=|\son\w+=", shown)
        assert shown.count('method="post"') == shown.count("csrfmiddlewaretoken")


def test_it_costs_the_same_however_many_wait(waiting, inside, site, noon_ms):
    client = inside()

    def queries():
        with CaptureQueriesContext(connection) as seen:
            assert client.get("/enrolment/").status_code == 200
        return len(seen)

    few = queries()
    for number in range(9):
        token = EnrolmentToken.objects.create(
            id=f"{number:032x}", nonce="", terminal=f"t{number}", site=site, by="x", made_ms=0,
            ends_ms=noon_ms + 10**9,
        )  # fmt: skip
        TerminalRequest.objects.create(
            id=f"{number}", code=f"AAAA-AAA{number}", token=token, terminal=f"t{number}", public_key="",
            words="", message=b"", asked_ms=noon_ms, state="waiting",
        )  # fmt: skip
    assert queries() == few <= 12
    TerminalRequest.objects.exclude(pk=waiting.pk).delete()
    EnrolmentToken.objects.filter(request=None).delete()
