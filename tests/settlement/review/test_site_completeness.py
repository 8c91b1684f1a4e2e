"""Up to when a site and its activities are whole: real gaps, silent terminals, and what is said of them."""

import datetime as dt
import json

import msgspec
import pytest

from foundation.errors import RulesError
from foundation.words import LANGUAGES, Words
from settlement.explain.completeness_text import tell_completeness
from settlement.explain.sentences import Teller
from settlement.ingest.ingest import ingest
from settlement.review.decide import approve_clean_lines
from settlement.review.site_completeness import completeness_of
from settlement.settings import CalendarSettings
from sync.line.delivery import HELLO_EVERY_MS
from tests.settlement.own_centre import ACCOUNT, ONE_HOUR

pytestmark = pytest.mark.django_db

HOUR = 3_600_000
MINUTE = 60_000


@pytest.fixture
def another(site, paper_terminal, centre):
    """Another terminal at the site; `send` brings a stretch of its log, `greet` says how far it reaches."""

    class Another(paper_terminal):
        def send(self, first, last, received_ms):
            ingest(self.batch_topic, self.batch(first, last), received_ms, centre=centre)

        def greet(self, at_ms):
            ingest(self.hello_topic, self.hello(), at_ms, centre=centre)

    def _another(name):
        paper = Another(name=name)
        paper.enrol(site)
        return paper

    return _another


@pytest.fixture
def tell(site):
    def _tell(now_ms, language="en"):
        return tell_completeness(
            completeness_of(site, now_ms), now_ms, Teller(Words(language), "Asia/Shanghai")
        )

    return _tell


@pytest.fixture
def three(ended_fair, mei, terminal, deliver, hear, another, settle, noon_ms):
    """North gate is whole; gate-b keeps three events back; gate-c was last heard of at 16:50."""
    b, c = another("gate-b"), another("gate-c")
    terminal.check_in(wall_ms=noon_ms - 3 * HOUR)
    terminal.check_out(wall_ms=noon_ms + 5 * HOUR)
    deliver()
    for number in range(1, 45):
        b.check_in("badge:4711.1", wall_ms=noon_ms + 5 * HOUR + number * MINUTE)
    c.start()
    b.send(1, 40, noon_ms + 6 * HOUR)
    b.send(44, 44, noon_ms + 6 * HOUR)
    c.send(1, 1, noon_ms)
    hear(noon_ms + 6 * HOUR + 5 * MINUTE)
    b.greet(noon_ms + 6 * HOUR + 5 * MINUTE)
    c.greet(noon_ms + 5 * HOUR - 10 * MINUTE)
    settle()
    return b, c


def test_a_site_and_its_activity_are_told_in_one_sentence_each(three, tell, noon_ms):
    site, fair = tell(noon_ms + 6 * HOUR + 10 * MINUTE)
    state = "complete up to 16:50; terminal gate-b misses 41–43; terminal gate-c silent since 16:50"
    waits = "1 line waits for a reviewer; not ready for review, from 2026-03-20 on with a reason"
    assert (site, fair) == (f"North gate: {state}.", f"Lantern fair: {state}; {waits}.")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_names_the_terminals_and_the_numbers(language, three, tell, noon_ms):
    sentences = tell(noon_ms + 6 * HOUR + 10 * MINUTE, language)
    assert all("41–43" in sentence and "16:50" in sentence for sentence in sentences)
    assert not any("{" in sentence for sentence in sentences)
    assert "2026-03-20" in sentences[1]


def test_one_missing_event_is_named_by_its_number(three, tell, noon_ms):
    b, _ = three
    b.send(41, 42, noon_ms + 6 * HOUR)
    assert "terminal gate-b misses 43;" in tell(noon_ms + 6 * HOUR + 10 * MINUTE)[0]


def test_once_everything_has_arrived_the_lines_are_ready(three, tell, ended_fair, reviewer, noon_ms):
    b, c = three
    b.send(41, 43, noon_ms + 7 * HOUR)
    c.greet(noon_ms + 7 * HOUR)
    site, fair = tell(noon_ms + 7 * HOUR)
    silent = "terminal gate-b silent since 18:05; terminal north-gate silent since 18:05"
    assert site == f"North gate: complete up to 18:05; {silent}."
    assert fair == "Lantern fair: complete up to 18:05; 1 line waits for a reviewer; ready for review."
    assert len(approve_clean_lines(ended_fair, reviewer()).decided) == 1
    assert tell(noon_ms + 7 * HOUR)[1:] == []


def test_the_calendar_of_the_settings_moves_the_day_from_which_a_reason_will_do(
    three, tell, ended_fair, reviewer, settings, noon_ms
):
    calendar = CalendarSettings(holidays=[dt.date(2026, 3, 10)], workdays=[dt.date(2026, 3, 14)])
    rules = msgspec.structs.replace(settings.CENTRE.rules, review_due_days=5)
    settings.CENTRE = msgspec.structs.replace(settings.CENTRE, calendar=calendar, rules=rules)
    assert "from 2026-03-14 on with a reason" in tell(noon_ms + 6 * HOUR + 10 * MINUTE)[1]
    day_before, due = (
        reviewer(now_ms=noon_ms + days * 24 * HOUR, override="gate-b burnt down") for days in (6, 7)
    )
    with pytest.raises(RulesError, match=r"gate-b \(events are missing\), gate-c \(not heard of since"):
        approve_clean_lines(ended_fair, day_before)
    assert len(approve_clean_lines(ended_fair, due).decided) == 1


def test_a_terminal_that_never_spoke_leaves_nothing_to_say(terminal, another, hear, tell, noon_ms, deliver):
    deliver()
    hear(noon_ms)
    another("gate-b")
    assert tell(noon_ms) == ["North gate: nothing can be said yet; terminal gate-b never heard of."]


def test_a_site_without_terminals_says_so(site, tell, noon_ms):
    assert tell(noon_ms) == ["North gate: no terminal is enrolled here."]


def test_a_moment_of_another_day_has_its_date(terminal, deliver, hear, tell, noon_ms):
    deliver()
    hear(noon_ms)
    assert "silent since 2026-03-07 12:00" in tell(noon_ms + 24 * HOUR)[0]


def test_an_activity_that_runs_is_told_although_nobody_waits(terminal, deliver, hear, fair, tell, noon_ms):
    deliver()
    hear(noon_ms)
    assert tell(noon_ms)[1] == (
        "Lantern fair: complete up to 12:00; terminal north-gate silent since 12:00; "
        "not ready for review, from 2026-03-20 on with a reason."
    )


def test_a_terminal_that_greets_as_it_should_is_never_silent(terminal, deliver, hear, site, noon_ms):
    silent_after_ms = 2 * HELLO_EVERY_MS
    deliver()
    hear(noon_ms)
    assert completeness_of(site, noon_ms + silent_after_ms).silent == ()
    assert completeness_of(site, noon_ms + silent_after_ms + 1).silent == ("north-gate",)


def test_the_command_prints_sentences_or_json(own_centre):
    own_centre.run(ONE_HOUR)
    own_centre.run(ACCOUNT)
    said = own_centre.command("centre", "completeness", "--language", "zh-Hans")
    assert said.returncode == 0, said.stderr
    assert "终端 north-gate 从未连接" in said.stdout
    (found,) = json.loads(own_centre.command("centre", "completeness", "--site", "north", "--json").stdout)
    assert (found["complete_until_ms"], found["silent"]) == (None, ["north-gate"])
    assert found["activities"][0]["unready"] == {"north-gate": "AWAITING_SYNC"}
    strange = own_centre.command("centre", "completeness", "--site", "south")
    assert (strange.returncode, "There is no site 'south'" in strange.stderr) == (1, True)
