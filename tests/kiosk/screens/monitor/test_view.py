from pathlib import Path

import msgspec
import pytest

from foundation.trouble import Trouble
from foundation.words import LANGUAGES, Words
from kiosk.local_api.client import EngineGone
from kiosk.local_api.messages import Decided, Device, Here, LinkReport, Notice, Outcome, TakenBack
from kiosk.screens.display import display
from kiosk.screens.monitor import view as monitor_view
from kiosk.screens.monitor.arranged import Arrangement, Order
from kiosk.screens.monitor.keys import EVERYBODYS_KEYS, INSPECTORS_KEYS, STAFF_KEYS, keys_line
from kiosk.screens.terminal_state import TerminalState

GONE = EngineGone(Trouble("engine_missing", {"path": "/run/muster/kiosk.sock"}))

ENGLISH = Words("en")


def plain(lines) -> str:
    return "\n".join(line.plain.rstrip() for line in lines)


def with_status(snapshot, **fields):
    return msgspec.structs.replace(snapshot, status=msgspec.structs.replace(snapshot.status, **fields))


def test_it_lists_who_is_here_the_newest_first(snapshot):
    lines = plain(monitor_view.here(snapshot, ENGLISH, 30)).splitlines()
    assert lines[0].split() == ["Name", "Since"]
    assert lines[1].split() == ["赵伟", "09:44"]
    assert len(lines) == 9


@pytest.mark.parametrize(
    ("language", "said"), [("en", "Rain soon"), ("zh-Hans", "快下雨了"), ("ar", "Rain soon")]
)
def test_it_shows_what_the_centre_says_in_the_reader_s_language_or_another(snapshot, language, said):
    told = msgspec.structs.replace(
        snapshot, notices=[Notice("1", {"en": "Rain soon", "zh-Hans": "快下雨了"})]
    )
    assert said in plain(monitor_view.terminal(told, Words(language), 100))


def test_it_says_how_many_are_here_and_how_many_are_expected(snapshot):
    assert monitor_view.here_title(snapshot, ENGLISH) == "Here now (8) · 30 expected"


def test_it_says_how_many_came_at_other_terminals_of_the_site(snapshot):
    title = monitor_view.here_title(with_status(snapshot, elsewhere=5), ENGLISH)
    assert title == "Here now (8) · 5 at other terminals · 30 expected"


@pytest.mark.parametrize(
    ("told", "shown", "marked"),
    [
        ({}, "", False),
        ({"temperature_mc": 54_321, "undervoltage": False, "throttled_bits": 0}, "Temperature 54 °C", False),
        ({"temperature_mc": 80_000}, "Temperature 80 °C", True),
        ({"temperature_mc": 61_000, "throttled_bits": 0x4}, "Temperature 61 °C, slowed down", True),
        ({"undervoltage": True}, "Power too weak: use a stronger supply", True),
        ({"throttled_bits": 0x1}, "Power too weak: use a stronger supply", True),
        ({"temperature_mc": 54_000, "throttled_bits": 0x50005 & ~0xF}, "Temperature 54 °C", False),
    ],
)
def test_it_shows_how_the_machine_is_where_that_is_known(snapshot, told, shown, marked):
    lines = monitor_view.terminal(with_status(snapshot, **told), ENGLISH, 300)
    text = plain(lines)
    assert shown in text
    assert ("Temperature" in text, "Power" in text) == ("Temperature" in shown, "Power" in shown)
    assert (monitor_view.BAD in {span.style for line in lines for span in line.spans}) is marked


@pytest.mark.parametrize(
    ("days", "warning", "said"),
    [(212, False, "212 days left"), (30, True, "30 days left"), (1, True, "1 day left"), (0, True, "ended")],
)
def test_it_shows_how_long_the_certificate_holds_and_warns_when_that_is_short(snapshot, days, warning, said):
    link = msgspec.structs.replace(snapshot.status.link, certificate_days=days)
    told = with_status(snapshot, link=link, certificate_warning=warning)
    shown = monitor_view.terminal(told, ENGLISH, 100)
    assert said in plain(shown)
    assert ("renews its certificate by itself" in plain(shown)) == warning


def test_a_line_without_certificates_shows_none(snapshot):
    assert "Certificate" not in plain(monitor_view.terminal(snapshot, ENGLISH, 100))


def test_somebody_whose_name_may_not_be_shown_has_a_number(snapshot):
    nameless = msgspec.structs.replace(snapshot.status.here[0], name="", volunteer="4711")
    assert "4711" in plain(monitor_view.here(with_status(snapshot, here=[nameless]), ENGLISH, 30))


def test_it_lists_the_last_readings_with_result_and_reason(snapshot):
    lines = plain(monitor_view.readings(snapshot, ENGLISH, 96)).splitlines()
    assert lines[1].split() == ["10:03", "=", "already", "in", "王芳", "badge", "read", "twice"]
    assert "✖ refused" in lines[2]
    assert "typed code" in lines[2]
    assert "wrong code" in lines[2]


def test_a_reading_without_a_method_names_its_device(snapshot):
    unreadable = Decided(0, "scanner-left", "", Outcome.UNREADABLE, "unreadable")
    lines = plain(monitor_view.readings(msgspec.structs.replace(snapshot, recent=[unreadable]), ENGLISH, 96))
    assert "scanner-left" in lines


def test_a_faulty_device_stands_first_with_what_to_do(snapshot):
    lines = plain(monitor_view.devices(snapshot, ENGLISH, 60)).splitlines()
    assert lines[1].split()[:3] == ["scanner", "✖", "fault"]
    assert lines[2].startswith("The port /dev/muster/scanner can't be opened (ENOENT).")
    assert lines[5].split()[:3] == ["camera", "●", "ready"]


def test_a_device_that_never_read_anything_says_so(snapshot):
    new = with_status(snapshot, devices=[Device("camera", "camera", "opening", 0, 0)])
    assert "never" in plain(monitor_view.devices(new, ENGLISH, 60))


def test_it_shows_link_backlog_clock_disk_roster_and_log(snapshot):
    text = plain(monitor_view.terminal(snapshot, ENGLISH, 96))
    for part in (
        "Link ● connected",
        "Unsent 0",
        "Last acknowledged 10:04",
        "Clock synchronised",
        "Disk free 11.8 GB",
        "Roster version 12",
        "Log event 218",
    ):
        assert part in text
    assert "Oldest" not in text


def test_it_shows_the_oldest_unsent_event_and_the_trouble(recording):
    snapshot, messages = recording
    text = plain(monitor_view.terminal(with_status(snapshot, link=messages[-1].link), ENGLISH, 96))
    assert "Link ○ offline" in text
    assert "Unsent 34" in text
    assert "Oldest unsent 09:48" in text
    assert "The broker centre:8883 is away." in text


@pytest.mark.parametrize(("free", "marked"), [(499_999_999, True), (500_000_000, False)])
def test_little_disk_is_marked(snapshot, free, marked):
    lines = monitor_view.terminal(with_status(snapshot, disk_free_bytes=free), ENGLISH, 200)
    assert (monitor_view.BAD in {span.style for span in lines[0].spans}) is marked


def test_empty_lists_say_that_they_are_empty(snapshot):
    empty = msgspec.structs.replace(with_status(snapshot, here=[], devices=[]), recent=[])
    assert plain(monitor_view.here(empty, ENGLISH, 40)) == "Nobody is checked in."
    assert plain(monitor_view.readings(empty, ENGLISH, 40)) == "Nothing has been read yet."
    assert plain(monitor_view.devices(empty, ENGLISH, 40)) == "No devices are set up."


def test_nothing_stands_above_the_page_while_the_engine_answers(snapshot):
    assert monitor_view.banner(TerminalState(snapshot), ENGLISH, 80) == []


def test_a_lost_engine_is_said_with_its_time_and_what_to_do(snapshot):
    state = TerminalState(snapshot, GONE)
    text = plain(monitor_view.banner(state, ENGLISH, 100))
    assert "has not answered since 10:04" in text
    assert "Start the engine" in text


def test_an_engine_that_never_answered_has_no_time(snapshot):
    state = TerminalState(None, GONE)
    assert plain(monitor_view.banner(state, ENGLISH, 100)).startswith("Connecting to the terminal's engine")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", ["connected", "disconnected"])
def test_every_language_has_every_word_of_the_page(snapshot, language, code):
    words = Words(language)
    state = with_status(snapshot, link=LinkReport(connected=code == "connected", unsent=1))
    for lines_of in (monitor_view.here, monitor_view.readings, monitor_view.devices, monitor_view.terminal):
        assert "{" not in plain(lines_of(state, words, 96))


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "Link"),
        ({"out_of_order": True}, "State Out of order"),
        ({"direction": "in"}, "State everybody comes"),
    ],
)
def test_it_shows_what_staff_have_set(snapshot, fields, said):
    shown = plain(monitor_view.terminal(with_status(snapshot, **fields), ENGLISH, 96))
    assert shown.startswith(said)


def test_what_was_taken_back_is_struck_and_says_when_and_by_whom(snapshot):
    came = msgspec.structs.replace(snapshot.recent[-1], seq=77, taken_back_ms=None)
    taken = came.marked(TakenBack(77, snapshot.status.wall_ms, "liaison-7"))
    before, after = (
        monitor_view.readings(msgspec.structs.replace(snapshot, recent=[one]), ENGLISH, 120)[1]
        for one in (came, taken)
    )
    assert "taken back 10:04 by liaison-7" in after.plain
    assert not any("strike" in str(span.style) for span in before.spans)
    assert any("strike" in str(span.style) for span in after.spans)
    by_themselves = came.marked(TakenBack(77, snapshot.status.wall_ms, ""))
    told = monitor_view.readings(msgspec.structs.replace(snapshot, recent=[by_themselves]), ENGLISH, 120)
    assert "by the volunteer" in told[1].plain
    assert came.marked(TakenBack(78, 0, "")) == came


def test_an_entry_by_staff_says_for_when_and_why(snapshot):
    now_ms = snapshot.status.wall_ms
    entry = Decided(
        now_ms,
        "staff",
        "manual",
        Outcome.ACCEPTED_OUT,
        name="Wu",
        seq=9,
        written_ms=now_ms - 3_600_000,
        note="bus",
    )
    told = monitor_view.readings(msgspec.structs.replace(snapshot, recent=[entry]), ENGLISH, 120)
    assert "entered for 09:04: bus" in told[1].plain


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [40, 80, 100, 240])
def test_every_key_stands_in_the_last_lines_however_narrow(language, width):
    words = Words(language)
    lines = keys_line(words, STAFF_KEYS, width)
    text = plain(lines)
    assert all(display(words.say(key.message), words.direction) in text for key in STAFF_KEYS)
    assert all(line.cell_length <= width for line in lines)


def test_the_staffs_page_of_the_documents_tells_every_key():
    page = (Path(__file__).parents[4] / "docs" / "site-staff.md").read_text(encoding="utf-8")
    assert [key.name for key in STAFF_KEYS if f"`{key.key}`" not in page] == []


def test_who_is_here_is_told_by_activity_where_several_go_on(snapshot):
    here = [
        Here("1", "Ann", snapshot.status.wall_ms, "a"),
        Here("2", "Bo", snapshot.status.wall_ms, "b"),
    ]
    both = with_status(
        msgspec.structs.replace(snapshot, activities={"a": "Guides", "b": "Cleaning"}), here=here
    )
    assert "Cleaning" in plain(monitor_view.here(both, ENGLISH, 40))
    assert "Cleaning" not in plain(monitor_view.here(both, ENGLISH, 30))  # no room
    only = Arrangement(Order.NAME, "Guides")
    assert "Bo" not in plain(monitor_view.here(both, ENGLISH, 40, only))
    assert monitor_view.here_title(both, ENGLISH, only).endswith("by name · only Guides")


@pytest.mark.parametrize("keys", [EVERYBODYS_KEYS, STAFF_KEYS, INSPECTORS_KEYS])
def test_no_key_does_two_things(keys):
    assert len({one.key for one in keys}) == len(keys)
