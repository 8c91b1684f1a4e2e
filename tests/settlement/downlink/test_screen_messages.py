"""Texts for terminals' screens: told where they became others and after greetings, taken back, shown."""

import pytest

from foundation.errors import RulesError, SettingsError
from settlement.accounts.actor import Level
from settlement.accounts.audit import Signed
from settlement.downlink.screen_messages import messages_due, messages_said, say_at_terminals, take_back
from settlement.models import MessageAt, ScreenMessage, Terminal
from settlement.organisations.tree import add_organisation
from sync.contract.downlink import Command, open_told
from sync.contract.events import OrderAnswered
from sync.contract.orders import MAX_MESSAGES
from sync.contract.wire import Realm
from tests.settlement.actors import actor

pytestmark = pytest.mark.django_db

GATE = "north-gate"
HOUR = 3_600_000


@pytest.fixture
def say(terminal, noon_ms):
    def _say(names=(GATE,), until_ms=noon_ms + HOUR, by=None, for_all=False, **texts):
        texts = texts or {"en": " Rain "}
        return say_at_terminals(names, texts, until_ms, for_all=for_all, signed=Signed(by, noon_ms))

    return _say


@pytest.fixture
def told(centre):
    """What the screens of the terminal are told now: their texts, or None for no word."""

    def _told(now_ms, *greeted):
        orders = [
            open_told(one.payload, Command, centre=centre.key.public, terminal=GATE, realm=Realm.LIVE)[0]
            for one in messages_due(centre, greeted, now_ms)
        ]
        return [dict(one.texts) for one in orders[0].order.messages] if orders else None

    return _told


def test_it_is_told_once_and_to_who_greets_and_so_is_that_it_was_taken_back(say, told, noon_ms):
    row = say(en=" Rain ", ar="")
    assert told(noon_ms) == [{"en": "Rain"}]
    assert told(noon_ms) is None
    assert told(noon_ms, GATE) == [{"en": "Rain"}]
    take_back(row.pk, Signed(None, noon_ms + 1))
    assert told(noon_ms + 1) == []
    assert told(noon_ms + 1) is None
    assert told(noon_ms + 2, GATE) == []  # it may have missed that
    assert told(noon_ms + HOUR, GATE) is None
    with pytest.raises(SettingsError):
        take_back(row.pk, Signed(None, noon_ms + 1))


def test_what_is_over_is_told_no_more(say, told, noon_ms):
    say()
    assert told(noon_ms + HOUR) == []


def test_when_it_was_shown_comes_by_the_terminal_s_log(say, terminal, deliver, noon_ms):
    row = say()
    for _ in range(2):
        terminal.log(OrderAnswered, order=row.pk, result="shown", wall_ms=noon_ms + 7)
    deliver()
    place = MessageAt.objects.get()
    assert place.shown_ms == noon_ms + 7
    assert place.came_ms is not None


@pytest.mark.parametrize(
    "wrong",
    [
        {"en": ""},
        {"en": "x" * 121},
        {"en": "two\nlines"},
        {"en": "turned \u202e round"},
        {"fr": "Pluie"},
        {"until_ms": 0},
        {"until_ms": 2**52},
        {"names": ()},
        {"names": ("nobody",)},
    ],
)
def test_what_no_screen_can_say_is_refused(say, wrong):
    with pytest.raises(SettingsError):
        say(**wrong)
    assert not ScreenMessage.objects.exists()


def test_a_screen_says_only_so_much_at_once(say):
    for _ in range(MAX_MESSAGES):
        say()
    with pytest.raises(SettingsError):
        say()


def test_only_who_runs_all_of_the_terminals_speaks_there_or_sees_it(say, site, noon_ms):
    city, elsewhere = add_organisation("City"), add_organisation("Other city")
    site.organisation = city
    site.save()
    wu, chen = actor("Wu", Level.SENIOR, city.path), actor("Chen", Level.SENIOR, elsewhere.path)
    with pytest.raises(SettingsError):
        say(by=chen)
    with pytest.raises(RulesError):
        say(by=actor("Li", Level.MIDDLE, city.path))
    row = say(by=wu)
    assert [[place.terminal_id for place in one.places] for one in messages_said(wu)] == [[GATE]]
    assert messages_said(chen) == []
    with pytest.raises(SettingsError):
        take_back(row.pk, Signed(chen, noon_ms))
    Terminal.objects.update(revoked_ms=1)
    take_back(row.pk, Signed(wu, noon_ms))
