"""Reading what terminals of one site recorded lately, and telling each whom the others saw.

It is kept in memory: every terminal greets a listener that starts anew, which reads the last hours again.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from foundation.attendance import AttendancePolicy, Interval, is_too_long
from foundation.errors import MessageError
from settlement.centre import Centre
from settlement.downlink.codes import TAKEN_WITHIN_MS
from settlement.downlink.served import EVERYBODY, Served
from settlement.downlink.site_standings import Attendance, SiteStandings
from settlement.downlink.site_steps import UpdateStream
from settlement.evidence.judge import SCANS, is_doubtful
from settlement.look_up import has_been_archived
from settlement.merged_numbers import merged_numbers
from settlement.messages.acknowledgement import Publication, give_order
from settlement.models import Chain, Event, Shift, Terminal, TerminalStatus
from sync.contract import events
from sync.contract.downlink import MAX_HEARD
from sync.contract.events import CheckIn, CheckOut, Correction, Manual, Toggle

_KINDS = (*SCANS, "manual", "correction")
_RENEW_EVERY_S = 60.0
_PAGE = 1000


@dataclass(slots=True)
class _Site:
    """One site: how far each epoch of its terminals' logs was read, and what they are told.

    `shifts` are those of its activities, by their ids (UTC milliseconds).
    """

    shifts: dict[str, list[Interval]] = field(default_factory=dict)
    standings: SiteStandings = field(default_factory=SiteStandings)
    read: dict[str, dict[str, int]] = field(default_factory=dict)
    tellings: dict[str, UpdateStream] = field(default_factory=dict)
    renewal_due_s: float = float("-inf")


class SitePresenceFeed:
    """What is to be told to whom; terminals that greeted and share their site are told, others never."""

    def __init__(self, centre: Centre, policy_at: Callable[[int], AttendancePolicy]) -> None:
        """`policy_at` says by which numbers is decided at a moment (UTC milliseconds)."""
        self._centre = centre
        self._policy_at = policy_at
        self._policy = AttendancePolicy()
        self._served = EVERYBODY
        self._sites: dict[str, _Site] = {}
        self._site_of: dict[str, str] = {}
        self._greeted: set[str] = set()
        self._delivered: set[str] = set()

    def serve(self, served: Served) -> None:
        """Who greets is told where it is among these."""
        self._served = served

    def restart(self) -> None:
        """Nobody is connected any more: who greets is told anew."""
        for site in self._sites.values():
            site.tellings.clear()

    def greeted(self, terminal: str) -> None:
        """A terminal connected, or may have missed something: it is told from the beginning."""
        self._greeted.add(terminal)

    def delivered(self, terminal: str) -> None:
        """A terminal delivered events."""
        self._delivered.add(terminal)

    def due(self, now_ms: int, now_s: float) -> Iterator[Publication]:
        """What to publish at `now_ms` (UTC), `now_s` of a clock that is never set.

        Raises what the database raises while it is away; nothing is forgotten then.
        """
        for terminal in sorted(self._greeted):
            self._meet(terminal, now_ms)
            self._greeted.discard(terminal)
        for terminal in sorted(self._delivered):
            if terminal in self._site_of:
                self._read(terminal, now_ms)
            self._delivered.discard(terminal)
        for code, site in self._sites.items():
            if now_s >= site.renewal_due_s:
                self._renew(code, site, now_ms)
                site.renewal_due_s = now_s + _RENEW_EVERY_S
            changed = site.standings.renew()
            for terminal, telling in site.tellings.items():
                telling.note(changed)
                if telling.is_due(now_s):
                    for step in telling.steps(site.standings, site.read[terminal], now_ms, now_s):
                        yield give_order(self._centre, terminal, step, now_ms, TAKEN_WITHIN_MS)

    def _meet(self, name: str, now_ms: int) -> None:
        """Begin to tell this terminal, where others record at its site as well."""
        mine = self._served.among(Terminal.objects.filter(id=name, revoked_ms=None), "bucket")
        terminal = mine.first()
        if terminal is None:
            return
        there = Terminal.objects.filter(site=terminal.site_id, realm=terminal.realm, revoked_ms=None)
        names = sorted(there.values_list("id", flat=True))
        if names == [name]:
            return
        site = self._sites.setdefault(terminal.site_id, _Site())
        self._policy = self._policy_at(now_ms)
        site.shifts = _shifts_at(terminal.site_id, now_ms)
        self._site_of.update(dict.fromkeys(names, terminal.site_id))
        for one in names:
            self._read(one, now_ms)
        self._forget(site, now_ms)
        site.standings.renew()
        site.tellings[name] = UpdateStream(name, site.standings)

    def _renew(self, code: str, site: _Site, now_ms: int) -> None:
        """Forget what is long ago, and tell nothing more to terminals that were revoked or moved."""
        self._policy = self._policy_at(now_ms)
        site.shifts = _shifts_at(code, now_ms)
        self._forget(site, now_ms)
        there = set(Terminal.objects.filter(site=code, revoked_ms=None).values_list("id", flat=True))
        site.tellings = {name: telling for name, telling in site.tellings.items() if name in there}

    def _forget(self, site: _Site, now_ms: int) -> None:
        """Whoever was seen so long ago that no stay lasts until now (S5) is nowhere any more."""

        def is_past(activity: str, at_ms: int) -> bool:
            return is_too_long(at_ms, now_ms, site.shifts.get(activity, ()), self._policy, per_second=1000)

        site.standings.forget(is_past)

    def _longest_stay_ms(self, site: _Site) -> int:
        """More than any stay at this site can last."""
        policy = self._policy
        shifts_s = (
            (end_ms - start_ms) // 1000 for shifts in site.shifts.values() for start_ms, end_ms in shifts
        )
        duties_s = [lasts_s for lasts_s in shifts_s if lasts_s <= policy.max_shift_s]
        beyond_s = max(duties_s) + policy.close_after_s if duties_s else 0
        return (policy.max_session_s + beyond_s) * 1000

    def _read(self, terminal: str, now_ms: int) -> None:
        """Take what the terminal's log holds beyond what was read, its newest epochs without a gap."""
        site = self._sites[self._site_of[terminal]]
        read = site.read.setdefault(terminal, {})
        newest = Chain.objects.filter(terminal=terminal, contiguous__gt=0).order_by("-pk")[:MAX_HEARD]
        dates = _Dates(terminal)
        for chain in newest:
            after = read.get(chain.epoch)
            if after is None:
                after = _first_since(chain, now_ms - self._longest_stay_ms(site))
            for volunteer, event in _recorded(chain, after):
                at_ms = dates.of(event)
                if at_ms is not None:
                    site.standings.take(volunteer, event, at_ms)
            read[chain.epoch] = chain.contiguous
        for epoch in read.keys() - {chain.epoch for chain in newest}:
            del read[epoch]


def _shifts_at(site: str, now_ms: int) -> dict[str, list[Interval]]:
    """The shifts of each activity of a site that was not archived by now."""
    found: dict[str, list[Interval]] = defaultdict(list)
    rows = Shift.objects.filter(~has_been_archived("activity", now_ms), activity__site=site).order_by(
        "start_ms"
    )
    for activity, start_ms, end_ms in rows.values_list("activity_id", "start_ms", "end_ms"):
        found[activity].append((start_ms, end_ms))
    return dict(found)


class _Dates:
    """When a terminal's events happened, by its own clock, or by its last greeting where that is doubtful."""

    def __init__(self, terminal: str) -> None:
        self._terminal = terminal
        self._status: TerminalStatus | None = None

    def of(self, event: Attendance) -> int | None:
        """Corrected UTC; None where nothing tells it, as for a doubtful clock of an earlier boot."""
        if isinstance(event, Manual):
            return event.at_ms
        if not is_doubtful(event.clock):
            return event.wall_ms
        if self._status is None:
            self._status = TerminalStatus.objects.filter(terminal=self._terminal).first()
        if self._status is None or self._status.boot != event.boot:
            return None
        return self._status.boot_began_ms + event.mono_ms


def _first_since(chain: Chain, since_ms: int) -> int:
    """Behind which place to begin so that nothing that arrived since is left out, found page by page."""
    end = chain.contiguous
    while end > 0:
        start = max(end - _PAGE, 0)
        page = Event.objects.filter(chain=chain, seq__gt=start, seq__lte=end).order_by("seq")
        oldest_ms = page.values_list("received_ms", flat=True).first()
        if oldest_ms is None or oldest_ms < since_ms:
            return start
        end = start
    return 0


def _recorded(chain: Chain, after: int) -> Iterator[tuple[int, Attendance]]:
    found = Event.objects.filter(
        chain=chain, seq__gt=after, seq__lte=chain.contiguous, volunteer__isnull=False, kind__in=_KINDS
    )
    merged = merged_numbers()
    rows = found.order_by("seq").values_list("volunteer_id", "raw")
    for volunteer, raw in rows.iterator(chunk_size=_PAGE):
        try:
            event = events.decode(bytes(raw))
        except MessageError:  # a newer Muster judged it, before this one was put back
            continue
        if isinstance(event, CheckIn | CheckOut | Toggle | Manual | Correction):
            yield merged.kept(volunteer), event
