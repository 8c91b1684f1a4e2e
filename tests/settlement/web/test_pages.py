"""The pages through Django's client: what they say, in three languages, and what they never do."""

import html
import re
import time
from pathlib import Path

import msgspec
import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

import settlement.web
from foundation.clock import SharedClock
from foundation.words import LANGUAGES, Words, message_ids
from settlement.ingest.ingest import ingest
from settlement.models import RuleVersion, Site, Terminal, TlsCertificate, Volunteer
from settlement.settling.settler import settle_dirty
from settlement.web.serving.files import hashed_names
from sync.contract import events
from sync.contract.events import ClockAnchor, ClockState, ClockTrust, Manual
from sync.contract.wire import Realm

pytestmark = pytest.mark.django_db

HOUR = 3_600_000


@pytest.fixture
def reader(client):
    """A browser behind the proxy that ends TLS."""

    def get(path, **headers):
        return client.get(path, secure=True, headers=headers)

    return get


@pytest.fixture
def clock(tmp_path, settings, noon_ms):
    """Half past five in the afternoon at the site."""
    clock = SharedClock.create(tmp_path / "clock", noon_ms + 5 * HOUR + HOUR // 2)
    settings.CENTRE = msgspec.structs.replace(settings.CENTRE, shared_clock=str(tmp_path / "clock"))
    return clock


@pytest.fixture
def day(terminal, centre, mei, fair, noon_ms, clock):
    """Mei served the whole day, Wei is still there, somebody unknown was turned away."""
    RuleVersion.objects.create(version=django_settings.CENTRE.rules.version, content={}, first_used_ms=0)
    Volunteer.objects.create(number=1002, display_name="Wei <b>&")
    terminal.check_in("badge:1001.1", noon_ms - 3 * HOUR - 135_000)
    terminal.check_in("badge:1002.1", noon_ms - 2 * HOUR)
    terminal.check_out("badge:1001.1", noon_ms + 5 * HOUR)
    terminal.check_in("badge:4711.1", noon_ms)
    terminal.check_out("badge:1001.1", noon_ms + 5 * HOUR + 10_000)
    ingest(terminal.batch_topic, terminal.batch(), noon_ms + 5 * HOUR + 60_000, centre=centre)
    ingest(terminal.hello_topic, terminal.hello(), noon_ms + 5 * HOUR + 60_000, centre=centre)
    settle_dirty(clock.wall_ms())
    return terminal


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_the_board_says_who_is_there_and_who_earned_what_and_why(day, reader):
    response = reader("/")
    page = text_of(response)
    assert response.status_code == 200
    assert "North gate 2026-03-07" in page
    assert re.search(r"On site now \(1\).*Wei .*Since 10:00:00", page)
    assert re.search(r"Mei.*08:57:45.*17:00:00.*8\.00", page)
    assert "Time before 09:00:00 is before the shift: −2 min 15 s" in page
    assert "came early" in page


def test_the_json_tells_the_same_in_seconds(day, reader, noon_ms):
    board = reader("/api/board.json").json()
    assert (board["site"], board["date"], board["realm"]) == ("north", "2026-03-07", "live")
    mei, wei = board["lines"]
    assert (mei["volunteer"], mei["seconds"], mei["hours"], mei["is_open"]) == (1001, 8 * 3600, "8.00", False)
    assert (wei["volunteer"], wei["seconds"], wei["is_open"]) == (1002, 0, True)
    (stay,) = mei["sessions"]
    assert (stay["in_s"], stay["presence_s"]) == (noon_ms // 1000 - 3 * 3600 - 135, 8 * 3600 + 135)
    *way, total = [step["seconds"] for step in stay["steps"]]
    assert sum(way) == total == stay["seconds"]
    assert mei["steps"] == [step["text"] for step in stay["steps"]]
    assert board["total_s"] == 8 * 3600
    assert [(row["volunteer"], row["outcome"]) for row in board["uncounted"]] == [(1001, "duplicate_scan")]


def test_the_board_names_what_is_missing_and_what_needs_a_look(day, reader, centre, noon_ms):
    for _ in range(4):
        day.check_in("badge:1001.1", noon_ms)
    ingest(day.hello_topic, day.hello(unsent=4), noon_ms + 6 * HOUR, centre=centre)
    (row,) = reader("/api/board.json").json()["terminals"]
    assert (row["state"], row["held"], row["missing"], row["unsent"], row["needs_review"]) == (
        "missing",
        6,
        4,
        4,
        1,
    )
    assert re.search(r"north-gate ✖ events missing 6 4", text_of(reader("/")))


def test_every_time_leads_to_its_evidence(day, reader):
    link = f"/evidence/north-gate/{day.epoch}/2"
    assert f'href="{link}"' in reader("/").content.decode()
    page = reader(link).content.decode()
    assert "check_in" in page
    assert day.hashes[1].hex() in page
    assert "2026-03-07 08:57:45" in page


def test_evidence_that_is_no_text_is_shown_all_the_same(day, reader, centre, noon_ms):
    seq = day.write(b'\xff<script>alert("x")</script>')
    ingest(day.batch_topic, day.batch(seq), noon_ms + 6 * HOUR, centre=centre)
    page = reader(f"/evidence/north-gate/{day.epoch}/{seq}").content.decode()
    assert "\\xff&lt;script&gt;" in page
    assert "unknown_kind" in page


def test_a_clock_with_an_impossible_year_does_not_break_its_evidence(day, reader, centre, noon_ms):
    seq = day.check_in("badge:1001.1", 2**53)
    ingest(day.batch_topic, day.batch(seq), noon_ms + 6 * HOUR, centre=centre)
    assert str(2**53) in reader(f"/evidence/north-gate/{day.epoch}/{seq}").content.decode()


@pytest.mark.parametrize("language", LANGUAGES)
def test_evidence_of_a_doubtful_clock_tells_its_bound_and_who_measured(
    day, reader, centre, noon_ms, language
):
    day.boot, unset = "c" * 32, ClockTrust(ClockState.UNSET)
    slow = {**day.common(noon_ms, unset), "wall_ms": noon_ms - HOUR}
    seq = day.write(events.encode(events.EpochStart(**slow, software="test")))
    day.log(ClockAnchor, noon_ms + 2 * HOUR, true_ms=noon_ms + 2 * HOUR, error_ms=40_000, source="ntp")
    ingest(day.batch_topic, day.batch(seq), noon_ms + 6 * HOUR, centre=centre)
    page = text_of(reader(f"/evidence/north-gate/{day.epoch}/{seq}?language={language}"))
    told = {
        "en": (
            "How closely the time is known The terminal's own clock said 2026-03-07 11:00:00; the time was"
            " corrected from its evidence to 2026-03-07 12:00:00, give or take 41 s. Measured next after it:"
            " 2026-03-07 14:00:00, give or take 40 s, by network time (NTP). Received"
        ),
        "zh-Hans": "校正为 2026-03-07 12:00:00，误差不超过 41 秒。 此后第一次测得：2026-03-07 14:00:00",
        "ar": "استنادًا إلى الأدلة إلى 2026-03-07 12:00:00، بفارق لا يتجاوز 41 ث. أول قياس بعده",
    }
    assert told[language] in re.sub("[\u2066-\u2069]", "", html.unescape(page))
    certain = text_of(reader(f"/evidence/north-gate/{day.epoch}/2?language={language}"))
    assert Words(language).say("page-how_closely") in page
    assert Words(language).say("page-how_closely") not in certain


def test_a_manual_entry_far_in_the_future_does_not_break_the_board(day, reader, centre, noon_ms):
    day.log(Manual, noon_ms, volunteer="1001", activity="fair", direction="in", at_ms=2**53,
            reason="typing error", entered_by="s1", confirmed_by="s2")  # fmt: skip
    ingest(day.batch_topic, day.batch(7), noon_ms + 6 * HOUR, centre=centre)
    settle_dirty(noon_ms + 6 * HOUR)
    assert reader("/").status_code == 200


def test_names_are_text_and_never_markup(day, reader):
    page = reader("/").content.decode()
    assert "Wei &lt;b&gt;&amp;" in page
    assert "Wei <b>" not in page


@pytest.mark.parametrize(
    ("language", "direction", "heading"),
    [("en", "ltr", "On site now"), ("zh-Hans", "ltr", "当前在岗"), ("ar", "rtl", "الموجودون الآن")],
)
def test_it_speaks_the_readers_language_and_remembers_it(language, direction, heading, day, client):
    page = client.get(f"/?language={language}", secure=True).content.decode()
    assert f'<html lang="{language}" dir="{direction}">' in page
    assert heading in page
    assert heading in client.get("/", secure=True).content.decode()


def test_the_templates_print_every_label_of_the_catalogs_and_no_other():
    web = Path(settlement.web.__file__).parent
    templates = "".join(path.read_text() for path in (web.parent / "templates").rglob("*.html"))
    sources = "".join(path.read_text() for path in web.glob("*.py"))
    printed = set(re.findall(r"\bl\.(\w+)", templates))
    labels = {name.removeprefix("page-") for name in message_ids("en") if name.startswith("page-")}
    assert "lines" in printed
    assert printed - labels == set()
    assert {label for label in labels - printed if not re.search(f'"(page-)?{label}"', sources)} == set()


def test_another_day_is_empty_and_says_what_will_come(day, reader):
    page = text_of(reader("/?date=2026-03-06"))
    assert "No hours yet on this day" in page
    assert "Day after" in page


def test_a_centre_without_sites_says_what_to_do(db, reader):
    assert "No site has been entered yet" in text_of(reader("/"))
    assert reader("/api/board.json").status_code == 404


@pytest.mark.parametrize("query", ["site=nowhere", "date=yesterday", "date=9999-12-31", "site=%00"])
def test_what_does_not_exist_is_said_in_words(query, day, reader):
    page = reader(f"/?{query}")
    assert page.status_code == 404
    assert all(text in page.content.decode() for text in ("Not here", "未找到", "غير موجود"))
    assert all(f'<p lang="{language}"' in page.content.decode() for language in LANGUAGES)
    answer = reader(f"/api/board.json?{query}")
    assert answer.status_code == 404
    assert answer.json()["error"]


def test_an_address_without_a_page_is_said_in_three_languages(db, reader):
    page = text_of(reader("/nowhere"))
    assert "No page has this address. Go back to the board." in page
    assert "没有此地址的网页。请返回看板。" in page
    assert "لا توجد صفحة بهذا العنوان. عُد إلى اللوحة." in page


def test_a_page_that_can_not_be_made_is_said_in_three_languages(day, client, monkeypatch):
    monkeypatch.setattr("settlement.web.views.load_board", lambda *_: 1 / 0)
    client.raise_request_exception = False
    answer = client.get("/", secure=True)
    assert answer.status_code == 500
    for language in LANGUAGES:
        assert f'<p lang="{language}"' in answer.content.decode()
    assert "No record is lost by that" in text_of(answer)


def test_json_says_what_does_not_exist_in_the_readers_language(day, reader):
    told = [reader(f"/api/board.json?site=x&language={each}").json()["error"] for each in LANGUAGES]
    assert told[0] == "There is no site 'x' here. Choose one on the board."
    assert len(set(told)) == 3


def test_several_sites_are_offered(day, reader):
    Site.objects.create(code="south", name="South gate", zone="Asia/Riyadh")
    assert '?site=south"' in reader("/").content.decode()
    page = text_of(reader("/?site=south"))
    assert "No terminal is enrolled at this site." in page
    assert "Nobody is checked in." in page


def test_a_demo_says_so_on_every_page(day, reader, settings):
    assert "DEMONSTRATION" not in reader("/").content.decode()
    settings.CENTRE = msgspec.structs.replace(settings.CENTRE, realm=Realm.DEMO)
    for path in ("/", f"/evidence/north-gate/{day.epoch}/2"):
        assert "DEMONSTRATION" in reader(path).content.decode()


@pytest.mark.parametrize("path", ["/", "/api/board.json", "/rules", "/static/page.css", "/nowhere"])
def test_nothing_is_loaded_from_elsewhere_or_framed_or_kept(path, day, reader):
    response = reader(path)
    assert response.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["X-Frame-Options"] == "DENY"
    assert response.headers["Referrer-Policy"] == "same-origin"
    if not path.startswith("/static"):
        assert response.headers["Cache-Control"] == "no-store"
    body = b"".join(response) if response.streaming else response.content
    assert b"http://" not in body
    assert b"https://" not in body
    assert b"style=" not in body
    live = f'<script src="/static/{hashed_names()["htmx.min.js"]}" defer></script>'.encode()
    assert b"<script" not in body.replace(live, b"")
    assert ("script-src 'self'" in response.headers["Content-Security-Policy"]) is (live in body)


def test_a_board_keeps_itself_up_to_date_unless_that_is_switched_off(day, reader):
    shown = reader("/?language=en").content.decode()
    assert '<div id="live" hx-get="?language=en" hx-trigger="every 10s"' in shown
    assert '<noscript><meta http-equiv="refresh" content="10"></noscript>' in shown
    still = reader("/?reload=off")
    assert "hx-get" not in still.content.decode()
    assert "script-src" not in still.headers["Content-Security-Policy"]


def test_a_live_page_whose_log_in_has_ended_is_loaded_anew_as_a_whole(day, client):
    client.logout()
    for page in ("/", "/now/"):
        answered = client.get(page, secure=True, headers={"HX-Request": "true"})
        assert (answered.status_code, answered.headers["HX-Refresh"]) == (401, "true")


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_the_pages_write_nothing(method, day, client):
    for path in ("/", "/api/board.json", "/rules", f"/evidence/north-gate/{day.epoch}/2"):
        assert getattr(client, method)(path, secure=True).status_code in {403, 405}


def test_a_live_centre_sends_plain_requests_to_https(day, client):
    assert client.get("/").headers["Location"].startswith("https://")


def test_another_host_name_is_refused(day, client):
    assert client.get("/", secure=True, headers={"host": "evil.example"}).status_code == 400


def test_the_settings_pass_djangos_own_check_for_deployment(capsys):
    call_command("check", deploy=True, fail_level="WARNING")


def test_the_board_says_how_whole_the_evidence_is(day, reader):
    page = text_of(reader("/"))
    assert "North gate: complete up to 17:01." in page
    board = reader("/api/board.json?language=ar").json()
    assert board["completeness"]["complete_until_ms"] > 0
    assert "مكتمل حتى \u206617:01\u2069" in board["completeness_sentences"][0]


@pytest.mark.parametrize(
    ("days", "revoked_ms", "told", "warned"),
    [
        (200, None, 200, False),
        (31, None, 31, False),
        (30, None, 30, True),
        (-1, None, 0, True),
        (200, 1, 0, True),
    ],
)
def test_the_board_tells_how_long_a_terminals_certificate_holds(day, reader, days, revoked_ms, told, warned):
    now_ms = time.time_ns() // 1_000_000
    ends_ms = now_ms + days * 24 * HOUR + HOUR
    TlsCertificate.objects.create(
        serial="1", name="north-gate", kind="terminal", fingerprint="", key_digest="", not_before_ms=0,
        not_after_ms=ends_ms, issued_ms=0, revoked_ms=revoked_ms, pem="",
    )  # fmt: skip
    (row,) = reader("/api/board.json").json()["terminals"]
    assert (row["certificate_days"], row["certificate_warning"]) == (told, warned)
    assert ("▲ " if warned else "") + str(told) in text_of(reader("/"))


def test_the_board_costs_the_same_for_any_number_of_terminals(day, reader, site, django_assert_num_queries):
    reader("/")
    with CaptureQueriesContext(connection) as few:
        reader("/")
    for number in range(3):
        Terminal.objects.create(
            id=f"more-{number}", site=site, bucket="00", public_key=f"k{number}", realm="demo"
        )
    with django_assert_num_queries(len(few)):
        assert "more-2" in text_of(reader("/"))


def test_the_board_shows_an_open_alarm_about_a_log_and_what_to_do(day, reader, terminal, centre, evening_ms):
    ingest(terminal.hello_topic, terminal.hello(taken_over=True), evening_ms, centre=centre)
    (row,) = reader("/api/board.json").json()["terminals"]
    assert (row["state"], row["alarms"]) == ("doubted", ["session_taken_over"])
    page = text_of(reader("/"))
    assert "▲ doubted Another device speaks to the broker" in page
    assert "then settle the alarm here" in page
    assert "two logs speak in the name of terminal north-gate" in page


def test_a_terminal_without_a_certificate_of_ours_has_no_days(day, reader):
    (row,) = reader("/api/board.json").json()["terminals"]
    assert (row["certificate_days"], row["certificate_warning"]) == (None, False)


def test_a_language_that_nobody_speaks_is_no_choice(day, client):
    client.get("/?language=ar", secure=True)
    page = client.get("/?language=de", secure=True).content.decode()
    assert '<html lang="ar" dir="rtl">' in page
    assert '<html lang="ar" dir="rtl">' in client.get("/", secure=True).content.decode()


def test_what_scrolls_sideways_can_be_scrolled_by_keyboard():
    """Tables of class `cards` fold up instead (WCAG 2.2, 2.1.1)."""
    templates = Path(settlement.__file__).parent / "templates"
    for template in templates.rglob("*.html"):
        for region, table in re.findall(r'(<div class="wide"[^>]*>)\s*(<table[^>]*>)', template.read_text()):
            is_named = "aria-label" in region and 'role="region"' in region and 'tabindex="0"' in region
            assert is_named or "cards" in table, template
        for region in re.findall(r"<pre[^>]*>", template.read_text()):
            assert 'tabindex="0"' in region, template
