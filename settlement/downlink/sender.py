"""Everything that the listener sends of its own accord: rosters, settings, codes, orders, who is at the site.

Rosters leave in chunks, a few on their way at a time: a thousand terminals that greet in the same minute must
not fill the memory, nor keep anybody's acknowledgement waiting.
"""

import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import Protocol

import structlog

from foundation.clock import Clock
from settlement.centre import Centre
from settlement.database.away import later_while_away
from settlement.downlink.answers_due import answers_due
from settlement.downlink.codes import new_codes
from settlement.downlink.editions import stale_terminals
from settlement.downlink.screen_messages import messages_due
from settlement.downlink.served import EVERYBODY, Served
from settlement.downlink.site_news import SitePresenceFeed
from settlement.downlink.tasks import tasks_due
from settlement.downlink.wipes import new_wipes
from settlement.messages.acknowledgement import Publication
from settlement.models import GivenSettings, RosterEdition, TerminalStatus
from settlement.rule_book import rules_at
from sync.contract import downlink, wire
from sync.contract.downlink import SettingsGiven
from sync.contract.orders import Task

MOST_UNDER_WAY = 16
_LOOK_EVERY_S = 1.0

_logger = structlog.get_logger()


class Sent(Protocol):
    """A message that was handed to the broker's client."""

    def is_published(self) -> bool:
        """Whether the broker has it."""


Publish = Callable[[Publication], Sent]


class Sender:
    """Looks what is due and sends it piece by piece; everything is due anew after `restart`."""

    def __init__(self, centre: Centre, clock: Clock) -> None:
        self._centre = centre
        self._clock = clock
        self._served = EVERYBODY
        self._news = SitePresenceFeed(centre, rules_at)
        self.restart()

    def restart(self) -> None:
        """The broker is another one, or has forgotten: begin anew."""
        self._look_due_s = 0.0
        self._waiting: deque[str] = deque()
        self._chunks: Iterator[Publication] = iter(())
        self._told: Iterator[Publication] | None = None
        self._under_way: list[Sent] = []
        self._rosters: dict[str, int] = {}
        self._settings: dict[str, int] = {}
        self._greeted: set[str] = set()
        self._told_to_forget: set[tuple[str, int | None]] = set()
        self._news.restart()

    def serve(self, served: Served) -> None:
        """Tell these terminals from now on: others are told by another listener, who lets them greet."""
        if served != self._served:
            self._served = served
            self._news.serve(served)
            self.restart()

    def greeted(self, terminal: str) -> None:
        """A terminal said what it holds: what it lacks is due, even if it was sent before."""
        self._rosters.pop(terminal, None)
        self._greeted.add(terminal)
        self._news.greeted(terminal)
        self._look_due_s = 0.0

    def delivered(self, terminal: str) -> None:
        """A terminal delivered events: others at its site may have to hear of them."""
        self._news.delivered(terminal)

    def step(self, publish: Publish) -> None:
        """Send what may be sent now; returns soon. A database that is away is asked again later."""
        with later_while_away():
            if time.monotonic() >= self._look_due_s:
                self._look_due_s = time.monotonic() + _LOOK_EVERY_S
                self._look(publish)
            self._send_chunks(publish)

    def _look(self, publish: Publish) -> None:
        if self._served.leads:
            # A code is given once, to all terminals of its site; in whichever buckets they are.
            for order in new_codes(self._centre, self._clock.wall_ms()):
                publish(order)
        for answer in answers_due(self._centre, self._clock.wall_ms(), self._served):
            publish(answer)
        for order in new_wipes(self._centre, self._told_to_forget, self._clock.wall_ms(), self._served):
            publish(order)
        for given in self._settings_due():
            publish(_settings_of(given, self._centre))
            self._settings[given.terminal_id] = given.version
        self._ask_and_say(publish)
        self._greeted.clear()
        for terminal, version in stale_terminals(self._served):
            if self._rosters.get(terminal, 0) < version and terminal not in self._waiting:
                self._waiting.append(terminal)
                self._rosters[terminal] = version
        if self._told is None:
            self._told = self._news.due(self._clock.wall_ms(), time.monotonic())

    def _ask_and_say(self, publish: Publish) -> None:
        """Send what people ask terminals to do, and what their screens are to say."""
        now_ms = self._clock.wall_ms()
        for order, publication in tasks_due(self._centre, self._greeted, now_ms, self._served):
            publish(publication)
            if order.what == Task.TAKE_ROSTER and order.terminal_id not in self._waiting:
                self._waiting.append(order.terminal_id)
        for publication in messages_due(self._centre, self._greeted, now_ms, self._served):
            publish(publication)

    def _settings_due(self) -> Iterator[GivenSettings]:
        """Those not sent yet, and those that a terminal lacks by its greeting.

        They are retained; but a broker may have forgotten them, or keep them at another node of its cluster.
        """
        statuses = TerminalStatus.objects.filter(terminal__in=self._greeted)
        held = dict(statuses.values_list("terminal", "config"))
        every = GivenSettings.objects.filter(terminal__revoked_ms=None)
        for given in self._served.among(every).order_by("terminal_id"):
            is_new = self._settings.get(given.terminal_id) != given.version
            if is_new or held.get(given.terminal_id, given.version) < given.version:
                yield given

    def _send_chunks(self, publish: Publish) -> None:
        self._under_way = [sent for sent in self._under_way if not sent.is_published()]
        while len(self._under_way) < MOST_UNDER_WAY:
            if (due := self._next_due()) is not None:
                self._under_way.append(publish(due))
            elif self._waiting:
                self._chunks = self._chunks_for(self._waiting.popleft())
            else:
                return

    def _next_due(self) -> Publication | None:
        """Who is where goes before a long roster: somebody may stand at a door."""
        if self._told is not None:
            if (told := next(self._told, None)) is not None:
                return told
            self._told = None
        return next(self._chunks, None)

    def _chunks_for(self, terminal: str) -> Iterator[Publication]:
        edition = RosterEdition.objects.filter(terminal=terminal).first()
        if edition is None:
            return iter(())
        _logger.info("roster_sent", terminal=terminal, version=edition.version, size=len(edition.sealed))
        sealed = downlink.seal_chunks(
            bytes(edition.sealed),
            realm=self._centre.realm,
            terminal=terminal,
            version=edition.version,
            key=self._centre.key,
        )
        topic = wire.topic("down", terminal, "roster")
        return (Publication(topic, payload) for payload in sealed)


def _settings_of(given: GivenSettings, centre: Centre) -> Publication:
    told = SettingsGiven(
        realm=centre.realm, terminal=given.terminal_id, version=given.version, values=given.values
    )
    return Publication(downlink.topic_of(told), downlink.seal_told(told, centre.key), retain=True)
