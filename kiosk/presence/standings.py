"""Who is here, folded from the log's own events; the same fold rebuilds it after a restart.

The centre folds what all terminals of a site recorded anew each time, by corrected time, as several clocks
meet there (`settlement/downlink/site_standings.py`); this goes event by event, as logged, and can step back.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from dataclasses import replace as step_with

from msgspec.structs import replace

from foundation.attendance import AttendancePolicy
from kiosk.presence import longest_stay
from kiosk.presence.day_counts import DayCounts
from kiosk.presence.groups import GroupHere, Groups
from kiosk.presence.standing import Accepted, Forgotten, Standing, TakenBackStep, UndoStep
from kiosk.presence.todays_stays import LateStays, Stay
from sync.contract.events import (
    CheckIn,
    CheckOut,
    Claim,
    ClockState,
    Correction,
    Credential,
    Direction,
    Event,
    Manual,
    is_in_time,
)
from sync.contract.presence import is_in_after
from sync.contract.roster import UNRESOLVED_ACTIVITY

_KEPT = 4
"""How many accepted events of one volunteer can be taken back, one after another."""

EpochSeq = tuple[str, int]
"""Epoch and seq of an event of this terminal."""
TooLong = Callable[[str, int, int], bool]
"""Whether a stay for this activity that began at the first moment can't go on at the second (UTC ms)."""


def _without_roster(_: str, came_ms: int, at_ms: int) -> bool:
    return longest_stay.is_too_long(came_ms, at_ms, None, AttendancePolicy())


@dataclass(slots=True)
class Presence:
    """All volunteers that this terminal accepted, and the one-use codes that are spent.

    Where other terminals record at the site, `is_blind` says that they may know more: a check-out that is
    missing here is then no forgotten one.
    """

    _standings: dict[str, Standing] = field(default_factory=dict)
    _forgotten: dict[str, Forgotten] = field(default_factory=dict)
    _steps: dict[str, tuple[UndoStep, ...]] = field(default_factory=dict)
    _cancelled: set[EpochSeq] = field(default_factory=set)
    _taken_back: dict[str, tuple[TakenBackStep, ...]] = field(default_factory=dict)
    _left_open: set[str] = field(default_factory=set)
    _spent: set[str] = field(default_factory=set)
    _offset_ms: dict[str, int] = field(default_factory=dict)
    """Of each boot: how far its clock, as it was set last, is ahead of the time since the boot."""
    last_accepted: EpochSeq | None = None
    """The terminal's newest accepted event, unless it was taken back."""
    changes: int = 0
    """Grows with every event that may have moved somebody."""
    counts: DayCounts = field(default_factory=DayCounts)
    stays: LateStays = field(default_factory=LateStays)
    groups: Groups = field(default_factory=Groups)
    is_blind: bool = False
    is_too_long: TooLong = _without_roster
    """As the roster in force says it."""
    _elsewhere: Mapping[str, Standing] = field(default_factory=dict)
    _heard: Mapping[str, int] = field(default_factory=dict)

    def fold(self, event: Event, volunteer: str | None) -> None:
        """Take one event of the log, `volunteer` being whom its credential stands for."""
        self.follow(event.boot, event.wall_ms - event.mono_ms)
        self.counts.fold(event)
        self.groups.fold(event)
        if volunteer is None:
            return
        self.changes += 1
        match event:
            case CheckIn() | CheckOut():
                self._scan(event, volunteer)
                self.spend(event.credential)
            case Manual():
                self._enter(event, volunteer)
            case Claim():
                self._forgotten.pop(volunteer, None)
                self._end_claimed(event, volunteer)
            case Correction():
                self._take_back(event, volunteer)

    def follow(self, boot: str, offset_ms: int) -> None:
        """Tell the moments of this boot by its clock as set now: `offset_ms` ahead of the time since it."""
        self._offset_ms[boot] = offset_ms

    def spend(self, credential: Credential) -> None:
        """A one-use code was used."""
        self._spent.add(credential.ref)

    def standing(self, volunteer: str) -> Standing | None:
        """Where the volunteer stands, or None when nobody at this site has seen them.

        What the centre told of another terminal counts until this one sees them; whether it did since is
        told by places in the log, as the clocks may differ.
        """
        standing = self._newest(volunteer)
        return standing and standing.by_clock(self._offset_ms.get(standing.boot, standing.offset_ms))

    def learn_elsewhere(self, standings: Mapping[str, Standing], heard: Mapping[str, int]) -> None:
        """Others saw these last; `heard` is up to where, by epoch, the centre knew our own events."""
        if standings is not self._elsewhere:
            self.changes += 1
        self._elsewhere, self._heard = standings, heard

    def forgotten(self, volunteer: str) -> Forgotten | None:
        """The stay of the volunteer of which nobody knows when it ended, if there is one."""
        return self._forgotten.get(volunteer)

    def all_forgotten(self) -> list[Forgotten]:
        """Every stay of which nobody knows when it ended, the one found first at the head."""
        return sorted(self._forgotten.values(), key=lambda one: one.found_ms)

    def overdue(self, now_ms: int) -> list[Forgotten]:
        """Stays that can't go on any more and that no scan has found open yet, the longest first.

        As with those that a scan found, what can't be proven isn't asked for.
        """
        if self.is_blind:
            return []
        found = (self.overdue_of(volunteer, now_ms) for volunteer in self._standings)
        return sorted(filter(None, found), key=lambda one: one.came_ms)

    def overdue_of(self, volunteer: str, now_ms: int) -> Forgotten | None:
        """The same of one volunteer."""
        known = self._standings.get(volunteer)
        if known is None or known.since_ms is None or self.is_blind:
            return None
        return self._overdue(volunteer, now_ms)

    def leave_open(self, volunteer: str) -> None:
        """The volunteer doesn't know when they left: not asked again until the engine restarts."""
        self._forgotten.pop(volunteer, None)
        self._left_open.add(volunteer)

    def steps_of(self, volunteer: str) -> tuple[UndoStep, ...]:
        """The volunteer's last accepted events, oldest first, without those that were taken back."""
        return self._steps.get(volunteer, ())

    def taken_back_of(self, volunteer: str) -> tuple[TakenBackStep, ...]:
        """The volunteer's last events that were taken back, in that order."""
        return self._taken_back.get(volunteer, ())

    def is_spent(self, credential: Credential) -> bool:
        """Whether an accepted scan already used this credential."""
        return credential.ref in self._spent

    def is_cancelled(self, place: EpochSeq) -> bool:
        """Whether the event at this place was taken back."""
        return place in self._cancelled

    def step_at(self, place: EpochSeq) -> UndoStep | None:
        """The accepted event at this place, as long as it is remembered."""
        for steps in self._steps.values():
            for step in steps:
                if (step.event.epoch, step.event.seq) == place:
                    return step
        return None

    def newest_steps(self, now: Event) -> list[UndoStep]:
        """Each volunteer's newest event that could still be taken back at `now`, the newest first."""
        newest = [steps[-1] for steps in self._steps.values() if steps and is_in_time(steps[-1].event, now)]
        return sorted(newest, key=lambda step: step.event.wall_ms, reverse=True)

    def is_newest(self, step: UndoStep) -> bool:
        """Whether nothing of the same volunteer was accepted after it."""
        return self._steps[step.volunteer][-1] is step

    def here(self, now_ms: int) -> list[tuple[str, int, str]]:
        """Who is checked in at this terminal, longest first: volunteer, since when (UTC ms), activity.

        Whom another one saw last is counted there, or has left.
        """
        standings = self._seen_here()
        came = ((who, one, one.since_ms) for who, one in standings if one.since_ms is not None)
        return self._not_too_long(came, now_ms)

    def on_break(self, now_ms: int) -> list[tuple[str, int, str]]:
        """Who left this terminal for a break that can still end: volunteer, since when (UTC ms), activity."""
        left = ((who, one, one.last_ms) for who, one in self._seen_here() if one.on_break)
        return self._not_too_long(left, now_ms)

    def groups_here(self, now_ms: int) -> list[GroupHere]:
        """The groups without names that can still be here."""
        return self.groups.here(now_ms, self.is_too_long)

    def learn_walk_ins(self, whose: Mapping[str, str]) -> None:
        """The centre said whose the references of walk-ins are: the stays that they began are theirs."""
        for walk_in, volunteer in whose.items():
            self._know_as(walk_in, volunteer)

    def _know_as(self, walk_in: str, volunteer: str) -> None:
        standing, steps = self._standings.pop(walk_in, None), self._steps.pop(walk_in, ())
        if standing is None:
            return
        self.changes += 1
        held = self._standings.get(volunteer)
        if held is None or held.last_ms <= standing.last_ms:
            self._standings[volunteer] = standing
            own = (step_with(step, volunteer=volunteer) for step in steps)
            self._steps[volunteer] = (*self._steps.get(volunteer, ()), *own)[-_KEPT:]

    def _seen_here(self) -> Iterator[tuple[str, Standing]]:
        for who, standing in self._standings.items():
            if self._newest(who) is standing and (told := self.standing(who)):
                yield who, told

    def _not_too_long(
        self, found: Iterable[tuple[str, Standing, int]], now_ms: int
    ) -> list[tuple[str, int, str]]:
        """Those for whom what began then can go on now, the longest first."""
        lasting = [
            (who, at_ms, one.activity)
            for who, one, at_ms in found
            if not self.is_too_long(one.activity, at_ms, now_ms)
        ]
        return sorted(lasting, key=lambda one: one[1])

    def _newest(self, volunteer: str) -> Standing | None:
        """Where the volunteer stands, as the clock told it when that was recorded."""
        elsewhere = self._elsewhere.get(volunteer)
        if elsewhere is None or self._is_unheard(volunteer):
            return self._standings.get(volunteer)
        return elsewhere

    def _is_unheard(self, volunteer: str) -> bool:
        """Whether the centre told of the others before it knew what happened here last."""
        steps = self._steps.get(volunteer)
        if not steps:
            return False
        newest = steps[-1].event
        return newest.seq > self._heard.get(newest.epoch, 0)

    def _scan(self, event: CheckIn | CheckOut, volunteer: str) -> None:
        before = self.standing(volunteer)
        self._remember(event, volunteer)
        self._left_open.discard(volunteer)
        came_ms = before.since_ms if before else None
        # What can't be proven isn't asked for: the centre repairs such times from its evidence.
        if before and came_ms is not None and before.provable and not self.is_blind:
            # One that was begun while nobody knew for which activity, was for the one that it ends in.
            known = before.activity if before.activity != UNRESOLVED_ACTIVITY else event.activity
            is_open = isinstance(event, CheckIn) and event.wall_ms > came_ms
            if is_open or self.is_too_long(known, came_ms, event.wall_ms):
                self._forgotten[volunteer] = Forgotten(
                    volunteer, event.credential, before.activity, came_ms, event.wall_ms
                )
        self._note_stay(volunteer, before, event, event.wall_ms)
        self._standings[volunteer] = _standing(event, event.wall_ms)

    def _note_stay(self, volunteer: str, before: Standing | None, event: Accepted, at_ms: int) -> None:
        """The stay that this event ends, if it ends one (S5)."""
        came_ms = before.since_ms if before else None
        if before is None or came_ms is None or is_in_after(event) or not before.concerns(event.activity):
            return
        if came_ms <= at_ms and not self.is_too_long(event.activity, came_ms, at_ms):
            known = before.provable and event.clock.state is not ClockState.UNSET
            place = event.epoch, event.seq
            self.stays.add(volunteer, Stay(event.activity, came_ms, at_ms, place, provable=known))

    def _overdue(self, volunteer: str, now_ms: int) -> Forgotten | None:
        standing, steps = self.standing(volunteer), self._steps.get(volunteer)
        if standing is None or standing.since_ms is None or not standing.provable or not steps:
            return None
        came = steps[-1].event
        if volunteer in self._forgotten or volunteer in self._left_open or not isinstance(came, CheckIn):
            return None
        if not self.is_too_long(standing.activity, standing.since_ms, now_ms):
            return None
        return Forgotten(volunteer, came.credential, standing.activity, standing.since_ms, now_ms)

    def _end_claimed(self, claim: Claim, volunteer: str) -> None:
        """The open stay that this claim ends: its bounds begin with the check-in."""
        standing = self._standings.get(volunteer)
        if standing and standing.since_ms == claim.earliest_ms and claim.direction == Direction.OUT:
            self._standings[volunteer] = replace(standing, since_ms=None)

    def _enter(self, event: Manual, volunteer: str) -> None:
        """What people wrote down moves nobody who was seen later; an earlier end answers the question."""
        before = self.standing(volunteer)
        self._remember(event, volunteer)
        if before is None or event.at_ms >= before.last_ms:
            self._note_stay(volunteer, before, event, event.at_ms)
            before = _standing(event, event.at_ms)
        self._standings[volunteer] = before
        open_stay = self._forgotten.get(volunteer)
        if open_stay and event.direction == Direction.OUT and event.at_ms <= open_stay.found_ms:
            del self._forgotten[volunteer]

    def _remember(self, event: Accepted, volunteer: str) -> None:
        step = UndoStep(event, volunteer, self._newest(volunteer), self._forgotten.get(volunteer))
        self._steps[volunteer] = (*self._steps.get(volunteer, ()), step)[-_KEPT:]
        self.last_accepted = (event.epoch, event.seq)

    def _take_back(self, correction: Correction, volunteer: str) -> None:
        """Put the volunteer where they stood before; a correction of anything else changes nothing.

        Only of the newest: no other is ever written here. The centre judges whatever arrives
        (`settlement/evidence/corrections.py`).
        """
        place = (correction.cancelled_epoch, correction.cancelled_seq)
        steps = self._steps.get(volunteer, ())
        if not steps or (steps[-1].event.epoch, steps[-1].event.seq) != place:
            return
        step = steps[-1]
        self._steps[volunteer] = steps[:-1]
        self.stays.take_back(volunteer, place)
        self._cancelled.add(place)
        taken = TakenBackStep(step.event, correction.wall_ms, correction.by)
        self._taken_back[volunteer] = (*self.taken_back_of(volunteer), taken)[-_KEPT:]
        self.last_accepted = None
        if step.standing_before is None:
            self._standings.pop(volunteer, None)
        else:
            self._standings[volunteer] = step.standing_before
        if step.forgotten_before is None:
            self._forgotten.pop(volunteer, None)
        else:
            self._forgotten[volunteer] = step.forgotten_before


def _standing(event: Accepted, at_ms: int) -> Standing:
    """Where somebody stands after an event that says that they came or left at `at_ms`, by its own clock."""
    return Standing(
        event.activity,
        at_ms,
        at_ms if is_in_after(event) else None,
        event.boot,
        event.wall_ms - event.mono_ms,
        provable=event.clock.state is not ClockState.UNSET,
        on_break=not isinstance(event, CheckIn) and event.on_break and not is_in_after(event),
    )
