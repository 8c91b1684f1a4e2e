"""A volunteer's own pages: everything of one's own, nothing of anybody else's."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from msgspec.structs import replace

from foundation.words import LANGUAGES, Words
from settlement.accounts.actor import Level
from settlement.models import (
    Account,
    Activity,
    Certificate,
    CertificateRequest,
    Dispute,
    Exchange,
    MergedNumber,
    Store,
    Volunteer,
)
from settlement.proof.checkpoints import make_checkpoint, note_keys
from settlement.proof.proof_text import check_proof
from settlement.recognition.certificates import issue_certificate
from settlement.records.disputes import DisputeOutcome, DisputeResolution, answer_dispute, raise_dispute
from settlement.review.decide import approve_clean_lines
from sync.contract import badge
from sync.contract.signing import SigningKey
from tests.settlement.actors import actor
from tests.settlement.web.conftest import Browser, browser_of

pytestmark = pytest.mark.django_db

PAGES = ("/mine/", "/mine/lines/", "/mine/gifts/", "/mine/certificates/", "/mine/objections/")
LINE = "/mine/lines/fair/2026-03-07"
KEY = SigningKey.from_seed(b"p" * 32)


@pytest.fixture
def own(mei, city, no_second_factor):
    """Mei's browser."""
    return browser_of(actor("1001", Level.VOLUNTEER, city.path))


@pytest.fixture
def other(wei, city, no_second_factor):
    return browser_of(actor("1002", Level.VOLUNTEER, city.path))


@pytest.fixture
def served(own, ended_fair, serve, reviewer):
    """Mei has eight approved hours of 2026-03-07."""
    serve()
    approve_clean_lines(ended_fair, reviewer())


@pytest.fixture
def issued(own, mei, city, credit, noon_ms):
    credit(mei, 10_800)
    return issue_certificate(city, mei, by=actor("Zhao"), now_ms=noon_ms)


def told(response):
    return response.content.decode()


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", told(response)))


def test_the_overview_tells_hours_by_month_and_stars(own, mei, credit):
    credit(mei, 31 * 3600)
    credit(mei, 3600, "2026-02-07", approved=False)
    page = told(own.get("/mine/"))
    assert "<strong>31.00</strong>" in page
    assert "<title>2026-03: 31.00</title>" in page
    assert "2026-02" not in page
    assert re.search(r"Stars</dt><dd>1<", page)


def test_each_line_says_in_words_why_it_counts(served, own):
    page = told(own.get("/mine/lines/"))
    assert f'href="{LINE}"' in page
    assert "09:00–17:00" in page
    line = text_of(own.get(LINE))
    assert "8 h" in line
    assert "approved" in line


def test_what_did_not_count_is_told_with_its_reason(
    own, ended_fair, terminal, deliver, hear, settle, noon_ms
):
    terminal.check_in("badge:1001.1", wall_ms=noon_ms - 3 * 3_600_000)
    terminal.check_out("badge:1001.1", wall_ms=noon_ms + 5 * 3_600_000)
    terminal.check_out("badge:1001.1", wall_ms=noon_ms + 5 * 3_600_000 + 10_000)
    deliver(1)
    hear()
    settle()
    assert "Read again within a minute" in text_of(own.get(LINE))


def test_lines_are_paged_and_none_is_left_out(own, mei, credit, site, city, monkeypatch):
    monkeypatch.setattr("settlement.volunteers.own.LINES_A_PAGE", 3)
    for number in range(4):
        activity = Activity.objects.create(id=f"a{number}", site=site, title=f"Title {number}")
        for day in (1, 2):
            credit(mei, 3600, f"2026-03-0{day}", activity=activity)
    found, address = [], "/mine/lines/"
    while address:
        page = told(own.get(address))
        found += re.findall(r'href="/mine/lines/(a\d)/2026-03-0(\d)"', page)
        following = re.search(r'href="(\?day=[^"]+)" rel="next"', page)
        address = f"/mine/lines/{following[1]}".replace("&amp;", "&") if following else ""
    assert found == [(f"a{number}", day) for day in "21" for number in range(4)]


def test_an_objection_is_raised_once_and_its_answer_is_read(served, own, noon_ms, evening_ms):
    said = told(own.post(f"{LINE}/object", {"objection": "I stayed <b>until six"}, follow=True))
    assert "is taken down" in said
    assert "I stayed &lt;b&gt;until six" in said
    assert 'name="objection"' not in said
    assert 'role="status"' in told(own.post(f"{LINE}/object", {"objection": "again"}, follow=True))
    row = Dispute.objects.get()
    assert (row.volunteer_id, row.raised_account_id) == (1001, actor("1001").account)
    answer_dispute(
        row.pk, DisputeResolution(DisputeOutcome.REJECTED, "left at five"), by=actor("Wu"), now_ms=evening_ms
    )
    assert "left at five" in told(own.get("/mine/objections/"))
    assert "rejected" in told(own.get("/mine/objections/"))


def test_an_objection_without_words_is_refused(served, own):
    assert 'role="status"' in told(own.post(f"{LINE}/object", {"objection": " "}, follow=True))
    assert not Dispute.objects.exists()


def test_gifts_are_applied_for_as_points_allow(own, mei, credit):
    page = told(own.get("/mine/gifts/"))
    assert "too few points" in page
    assert "UNKNOWN" not in page
    for day in range(1, 11):
        credit(mei, 3600, f"2026-03-{day:02}")
    gift = re.search(r'name="gift" value="([^"]+)"', told(own.get("/mine/gifts/")))[1]
    assert "is taken down" in told(own.post("/mine/gifts/apply", {"gift": gift}, follow=True))
    assert (Exchange.objects.get().volunteer_id, Exchange.objects.get().tier) == (1001, gift)
    for wrong in ("a yacht", "", "\0"):
        assert 'role="status"' in told(own.post("/mine/gifts/apply", {"gift": wrong}, follow=True))
    assert Exchange.objects.count() == 1


def test_who_wishes_it_is_named_nowhere(own, mei):
    assert "It is noted." in told(own.post("/mine/naming", {"named": "no"}, follow=True))
    mei.refresh_from_db()
    assert not mei.may_be_named
    own.post("/mine/naming", {"named": "yes"})
    mei.refresh_from_db()
    assert mei.may_be_named


def test_certificates_are_listed_with_file_and_check(issued, own):
    page = told(own.get("/mine/certificates/"))
    assert f'href="/mine/certificates/{issued.number}.pdf"' in page
    assert f'href="/certificate/{issued.number}/{issued.token}"' in page
    file = own.get(f"/mine/certificates/{issued.number}.pdf")
    assert file.headers["Content-Type"] == "application/pdf"
    assert issued.number in file.headers["Content-Disposition"]
    assert file.content.startswith(b"%PDF")


def test_the_proof_of_a_certificate_is_handed_out_once_a_head_is_signed(
    issued, own, other, settings, tmp_path, noon_ms
):
    address = f"/mine/certificates/{issued.number}.tlog-proof"
    assert f'href="{address}"' in told(own.get("/mine/certificates/"))
    early = own.get(address)
    assert (early.status_code, "Come back tomorrow" in text_of(early)) == (503, True)
    Store.objects.get_or_create(pk=1, defaults={"identity": "a" * 32, "realm": "live", "created_ms": noon_ms})
    SigningKey.from_seed(b"c" * 32).save(tmp_path / "signing.pem")
    signing = replace(settings.CENTRE, directory=str(tmp_path))
    make_checkpoint(signing, noon_ms)
    file = own.get(address)
    proven = check_proof(file.content.decode(), note_keys(signing))
    assert proven.plain["number"] == issued.number
    assert "attachment" in file.headers["Content-Disposition"]
    assert (own.get("/mine/certificates/VSC-1.tlog-proof").status_code, other.get(address).status_code) == (
        404,
        404,
    )
    assert "/account/log-in/" in Browser().get(address).headers["Location"]


def test_a_certificate_is_asked_for_and_granted_or_refused_with_a_reason(own, mei, city, credit, other):
    ask = "/mine/certificates/ask"
    assert f'action="{ask}"' not in told(own.get("/mine/certificates/"))
    assert "no approved time" in told(own.post(ask, {"organisation": city.path}, follow=True))
    credit(mei, 5400)
    assert f'<option value="{city.path}">' in told(own.get("/mine/certificates/"))
    assert "taken down" in told(own.post(ask, {"organisation": city.path}, follow=True))
    assert "already" in told(own.post(ask, {"organisation": city.path}, follow=True))
    assert other.post(ask, {"organisation": city.path}).status_code == 302
    first = CertificateRequest.objects.get()
    staff = browser_of(actor("Wu", Level.MIDDLE, city.path))
    below = browser_of(actor("Qian", Level.ORDINARY, city.path))
    decided = f"/inbox/certificates/{first.pk}"
    below.post(decided, {"what": "grant"})
    assert not Certificate.objects.exists()
    assert "Certificate of City of Lanterns" in told(staff.get("/inbox/certificates/"))
    staff.post(decided, {"what": "refuse", "note": "the name is <b>misspelt"})
    page = told(own.get("/mine/certificates/"))
    assert "the name is &lt;b&gt;misspelt" in page
    own.post(ask, {"organisation": city.path})
    second = CertificateRequest.objects.get(state="requested")
    staff.post(f"/inbox/certificates/{second.pk}", {"what": "grant"})
    issued = Certificate.objects.get()
    second.refresh_from_db()
    assert (second.certificate, issued.volunteer, issued.issued_by) == (issued, mei, "Wu")
    assert issued.number in told(own.get("/mine/certificates/"))
    assert "granted" in told(staff.get("/volunteers/1001"))


@pytest.mark.parametrize("path", ["", "9999", "\0"])
def test_a_certificate_of_nobody_is_refused_in_words(path, own, mei, credit):
    credit(mei, 5400)
    assert 'role="status"' in told(own.post("/mine/certificates/ask", {"organisation": path}, follow=True))
    assert not CertificateRequest.objects.exists()


def test_a_centre_that_can_not_print_says_so(issued, own, monkeypatch):
    monkeypatch.setattr("settlement.papers.certificate.missing_libraries", lambda: ["fpdf"])
    refused = own.get(f"/mine/certificates/{issued.number}.pdf")
    assert refused.status_code == 503
    assert "fpdf is not installed" in text_of(refused)


def test_nobody_else_sees_or_does_anything_of_it(served, issued, other, own, city):
    for page in (*PAGES, "/mine/code", LINE, f"/mine/certificates/{issued.number}.pdf"):
        answer = other.get(page)
        assert "Mei" not in told(answer)
        assert "8.00" not in told(answer)
        assert answer.status_code == (200 if page in PAGES else 503 if page == "/mine/code" else 404)
    assert other.post(f"{LINE}/object", {"objection": "x"}).status_code == 404
    assert not Dispute.objects.exists()
    other.post("/mine/naming", {"named": "no"})
    assert Volunteer.objects.get(pk=1001).may_be_named


@pytest.mark.parametrize("path", ["/mine/lines/fair/2026-13-77", "/mine/lines/%00/2026-03-07",
                                  "/mine/lines/nowhere/2026-03-07", "/mine/lines/?day=x",
                                  "/mine/certificates/%00.pdf", "/mine/certificates/VSC-1.pdf"])  # fmt: skip
def test_what_is_not_there_is_not_found(path, own):
    assert own.get(path).status_code == 404


def test_without_a_log_in_or_once_it_has_ended_everything_asks_for_one(served, own):
    for browser in (Browser(), own):
        if browser is own:
            Account.objects.filter(volunteer=1001).update(ended_ms=1)
        for page in (*PAGES, LINE, "/mine/code", "/mine/certificates/x.pdf"):
            assert browser.get(page).status_code == 302
            assert "/account/log-in/" in browser.get(page).headers["Location"]
        for form in (f"{LINE}/object", "/mine/gifts/apply", "/mine/certificates/ask", "/mine/naming"):
            assert browser.post(form, {"named": "no"}).status_code == 403
    assert Volunteer.objects.get(pk=1001).may_be_named


@pytest.mark.parametrize(
    "form", [f"{LINE}/object", "/mine/gifts/apply", "/mine/certificates/ask", "/mine/naming"]
)
def test_a_form_is_never_a_link_and_never_from_elsewhere(form, served, own):
    assert own.get(form).status_code == 405
    own.handler.enforce_csrf_checks = True
    assert own.post(form, {"named": "no"}).status_code == 403
    assert Volunteer.objects.get(pk=1001).may_be_named


@pytest.mark.parametrize("level", [Level.SUPER, Level.ORDINARY])
def test_an_account_without_a_number_is_told_so(level, city, no_second_factor):
    browser = browser_of(actor("Sun", level, "" if level is Level.SUPER else city.path))
    for page in (*PAGES, LINE):
        assert browser.get(page).status_code == 404
        assert "No volunteer" in text_of(browser.get(page))


def test_staff_with_a_number_of_their_own_see_that_alone(served, wei, city, no_second_factor):
    staff = browser_of(actor("Sun", Level.SENIOR, city.path, volunteer=1002))
    assert "Wei" in told(staff.get("/mine/"))
    assert staff.get(LINE).status_code == 404


def test_whoever_has_a_merged_number_sees_the_kept_one(served, own, wei, city, noon_ms):
    who = {"by": "Zhao", "account_id": actor("Zhao").account}
    MergedNumber.objects.create(kept_id=1001, gone_id=1002, reason="one person", at_ms=noon_ms, **who)
    gone = browser_of(actor("1002", Level.VOLUNTEER, city.path))
    assert "Mei" in told(gone.get("/mine/"))
    assert "8.00" in told(gone.get("/mine/lines/"))
    assert gone.get(LINE).status_code == 200
    assert "is taken down" in told(gone.post(f"{LINE}/object", {"objection": "later"}, follow=True))
    assert Dispute.objects.get().volunteer_id == 1001


def test_volunteers_come_to_their_own_pages_and_see_no_menu_of_staff(own):
    page = told(own.get("/mine/"))
    assert 'href="/mine/"' in page
    assert 'href="/volunteers/"' not in page
    for staff in ("/volunteers/", "/review/", "/inbox/", "/now/", "/"):
        assert own.get(staff).status_code == 403


def test_a_log_in_leads_a_volunteer_there(own, mei, city):
    account = Account.objects.get(volunteer=1001)
    account.set_password("a fine long pass phrase")
    account.save()
    typed = {"login": account.login, "password": "a fine long pass phrase"}
    assert Browser().post("/account/log-in/", typed).headers["Location"] == "/mine/"


@pytest.fixture
def phone_key(settings, tmp_path):
    KEY.save(tmp_path / "phone.pem")
    settings.CENTRE = replace(
        settings.CENTRE,
        directory=str(tmp_path),
        phone_codes_key_file="phone.pem",
        badge_issuers=[KEY.public.raw.hex()],
    )


def test_the_telephones_code_is_signed_for_a_minute_and_the_page_brings_the_next(
    phone_key, own, pages_at, noon_ms, monkeypatch
):
    pages_at(noon_ms)
    drawn = []
    monkeypatch.setattr(
        "settlement.web.mine.code.drawing_of_phone", lambda token: drawn.append(token) or "<svg/>"
    )
    page = told(own.get("/mine/code"))
    found = badge.verify(drawn[0], [KEY.public])
    assert (found.reference, found.until_s) == ("phone:1001", noon_ms // 1000 + 60)
    assert 'http-equiv="refresh" content="30"' in page


def test_the_drawing_is_read_again(phone_key, own):
    import io

    import numpy as np
    import zxingcpp
    from PIL import Image

    from settlement.web.mine.code import drawing_of_phone

    token = badge.issue(badge.Badge(1001, badge.Form.PHONE, until_s=1), KEY)
    drawing = drawing_of_phone(token)
    assert "style=" not in drawing
    size = int(re.search(r'viewBox="0 0 (\d+) ', drawing)[1])
    picture = np.full((size, size), 255, np.uint8)
    x = y = 0
    for command, first, second in re.findall(
        r"([Mmh])(-?[\d.]+)(?: (-?[\d.]+))?", drawing.split("qrline")[1]
    ):
        if command == "h":
            picture[y, x : x + int(first)] = 0
            x += int(first)
        else:
            x, y = (int(first), int(float(second))) if command == "M" else (x + int(first), y + int(second))
    grey = np.kron(picture, np.ones((8, 8), np.uint8))
    Image.fromarray(grey).save(io.BytesIO(), "PNG")
    assert [one.text for one in zxingcpp.read_barcodes(grey)] == [token]


def test_who_is_suspended_and_a_key_that_nobody_believes_get_no_code(phone_key, own, mei, settings):
    settings.CENTRE = replace(settings.CENTRE, badge_issuers=[])
    assert "badge_issuers" in text_of(own.get("/mine/code"))
    mei.suspended = True
    mei.save()
    refused = own.get("/mine/code")
    assert refused.status_code == 503
    assert "suspended" in text_of(refused)


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_page_speaks_each_language(language, served, issued, own, phone_key):
    for page in (*PAGES, LINE, "/mine/code"):
        answer = own.get(page, {"language": language})
        assert answer.status_code == 200
        assert Words(language).say("page-mine") in told(answer)
        assert "style=" not in told(answer)


def test_a_page_costs_the_same_however_much_was_served(served, issued, own, mei, site, city, credit, noon_ms):
    def queries(page):
        with CaptureQueriesContext(connection) as seen:
            assert own.get(page).status_code == 200
        return len(seen)

    pages = (*PAGES, LINE)
    few = {page: queries(page) for page in pages}
    for number in range(12):
        activity = Activity.objects.create(
            id=f"a{number}", site=site, title="More", organisation=city, content="x", recipients="y"
        )
        credit(mei, 3600, f"2026-02-{number + 1:02}", activity=activity)
        issue_certificate(city, mei, by=actor("Zhao"), now_ms=noon_ms + number)
        Exchange.objects.create(
            volunteer=mei, tier="towel", local_date="2026-03-07", state="applied", applied_ms=noon_ms
        )
        objection = raise_dispute(
            mei, activity, credit(mei, 60, "2026-02-20", activity=activity).local_date, "x",
            by=actor("1001"), now_ms=noon_ms,
        )  # fmt: skip
        answer_dispute(
            objection.pk, DisputeResolution(DisputeOutcome.UPHELD, "yes"), by=actor("Wu"), now_ms=noon_ms
        )
    many = {page: queries(page) for page in pages}
    assert many == few
    assert max(many.values()) <= 12, many
