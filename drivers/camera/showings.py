"""Which codes before a camera are being shown, and which are only in view. Pure: sightings in, showings out.

A camera sees every code in front of it, eight times a second, whether anybody means it or not. The evidence,
in this order:

- **Seen on**: a code that is seen again within `repeat_after_ms` is the same showing, however long it lasts.
- **Raised**: within a showing, a code that has become `_RAISED` times as large as it lately was, near, and is
  so in more than one picture, was held up again: the badge that hung on a lanyard is shown. That is believed
  once, and again only after ever longer pauses: whoever leans forward now and then shows nothing.
- **Near**: a code whose side takes `NEAR` of the picture's shorter side is held up, and is presented at once.
  After an absence it is new again, as somebody took it away and holds it up again. Two cases are not: what
  was in view for `_HANGS_MS` and comes back to the very spot (a poster that people walked past), as long as
  it moves no bit; and what was in view for `_STAYS_MS` (nobody holds a badge up for so long: it is worn or
  lies there). Both are new only after `_LONG_MS` out of sight.
- **Small**: a smaller code may hang before somebody's chest. It is presented when it is in the middle of the
  picture for `_PATIENCE_MS`, and again only after `_FORGOTTEN_MS` out of sight: whoever wears a badge comes
  past again and again. Whoever is to be served sooner holds it nearer.
- **Behind**: a code much smaller than another that is held up at the same time, read or still unread, is
  somebody's who waits. It is presented when it has grown, and as any other code once it was away, or once
  nothing larger was held up for `_NEXT_MS`.
- **Seen to come**: what is in view in the first `repeat_after_ms` after the camera was opened may have been
  there before. While a camera sees nothing, nobody goes away.
- **Again**: a near code that was out of sight for `_AGAIN_MS` within its showing is told as that: whoever was
  refused shows it once more. Nobody is served twice by it.
- **After another**: a telephone's code is another text every minute. A code is told with those that went out
  of sight within `repeat_after_ms` before it turned up; whether they are one person's, the engine knows.

Several codes that are held up together are all presented, the largest, which is the nearest, first.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from drivers.camera.view import NEAR, Point, Quad, middle_of, side_of
from drivers.reading import Secret

_RAISED = 1.8  # times the size that it lately had
_LATELY_MS = 3_000  # over which the size that a code lately had is averaged
_GROWING_MS = 60_000  # the same while it grows: a badge may be raised slowly
_RAISE_PAUSE_MS = 600_000  # until it may be raised once more while it stays; twice as long each time
_SETTLED_MS = 5_000  # after a presentation, in which a badge may come nearer still
_SAME_PLACE = 0.03  # of the picture's shorter side, and of the code's size: the same spot
_MIDDLE = 0.25  # of the picture's width and height on either side of its centre
_PATIENCE_MS = 1_500
_PATIENCE_BEFORE_UNREAD_MS = 15_000  # while something larger is held up that can't be read yet
_STAYS_MS = 20_000
_HANGS_MS = 2_500  # in view, before coming back to the very spot says anything
_LONG_MS = 60_000
_FORGOTTEN_MS = 600_000
_NEXT_MS = 10_000
_AGAIN_MS = 2_000
_BEHIND = 0.7  # of the largest code's side
_GROWN = 1.3  # times its size when it was behind
_FRONT_MS = 3_000  # for so long a code that was held up keeps smaller ones behind it
_GLIMPSE_MS = 2_000  # between two sights that count as seen all the while
_MOST_CODES = 500

Key: TypeAlias = tuple[str, Secret]
"""What tells codes apart: the kind and the text."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """A code in one picture: what it holds, its corners, the picture's width and height, and when it was.

    `clock_ms` is when the picture was taken by the terminal's clock, which a demo sets and a sleep moves on.
    """

    key: Key
    corners: Quad
    size: tuple[int, int]
    at_ms: int
    clock_ms: int = 0

    @property
    def share(self) -> float:
        """The code's side as a part of the picture's shorter side."""
        return side_of(self.corners) / min(self.size)

    @property
    def place(self) -> Point:
        """The code's middle, from the picture's centre, in parts of its width and height."""
        across, down = middle_of(self.corners)
        return across / self.size[0] - 0.5, down / self.size[1] - 0.5

    @property
    def is_near(self) -> bool:
        """Whether the code is so large that somebody holds it up."""
        return self.share >= NEAR

    @property
    def is_in_the_middle(self) -> bool:
        """Whether the code is where a camera is looked into."""
        return max(map(abs, self.place)) <= _MIDDLE


@dataclass(frozen=True, slots=True)
class Shown:
    """A code that is to be presented.

    `away_ms` is for how long one that was presented before was out of view; None for all others.
    `after` are the codes that were presented and went out of sight just before this one turned up.
    `seen_coming` is False for what may have been there before the camera was opened. `again` is what was
    presented in this showing already, and out of sight for a moment.
    """

    key: Key
    away_ms: int | None
    after: tuple[Key, ...] = ()
    seen_coming: bool = True
    again: bool = False


@dataclass(frozen=True, slots=True)
class _Showing:
    """What is known of one code: from its first sight in this showing to its last."""

    began_ms: int
    last: Sighting
    lately: float  # the share that it had over the last seconds
    in_view_ms: int = 0
    presented_ms: int | None = None
    behind: float = 0.0  # its share when somebody else held up a larger one; 0: nobody did
    behind_ms: int = 0  # when somebody last did
    away_ms: int | None = None  # since the showing before this one, if that one stayed
    spot: Sighting | None = None  # where it came back to, when that was where it had been
    raised_ms: int | None = None  # since when it has been larger than it lately was
    raises: int = 0  # how often it was held up again without being away
    last_raise_ms: int = 0
    after: tuple[Key, ...] = ()
    seen_coming: bool = True
    is_again: bool = False  # in the last picture, near, after a moment out of sight

    @property
    def presented(self) -> bool:
        return self.presented_ms is not None

    @property
    def stays(self) -> bool:
        return self.in_view_ms >= _STAYS_MS


class Showings:
    """Remembers what is before one lens. Times are milliseconds of one clock that never goes back."""

    def __init__(self, repeat_after_ms: int, patience_ms: int = _PATIENCE_MS) -> None:
        """`patience_ms` 0 is for pictures that have nothing to do with each other."""
        self._repeat_after_ms = repeat_after_ms
        self._patience_ms = patience_ms
        self._known: dict[Key, _Showing] = {}
        self._blind_ms: tuple[int, int] | None = None

    def opened(self, at_ms: int, blind_since_ms: int) -> None:
        """Note that the camera sees again from now on, and since when it saw nothing."""
        self._blind_ms = blind_since_ms, at_ms

    def see(self, sightings: Sequence[Sighting], unread: Iterable[float] = ()) -> list[Shown]:
        """Note what one picture shows; returns what is to be presented, the largest first.

        `unread` are the shares of what looks like codes and could not be read.
        """
        here = {sighting.key for sighting in sightings}
        for sighting in sightings:
            self._note(sighting, here)
        larger_unread = max(unread, default=0.0)
        shown = []
        for sighting in sorted(sightings, key=lambda each: -each.share):
            known = self._known[sighting.key]
            if known.presented:
                if known.is_again:
                    shown.append(Shown(sighting.key, None, again=True))
                continue
            known = self._put_behind(known, sighting)
            if self._is_shown(known, sighting, larger_unread):
                shown.append(Shown(sighting.key, known.away_ms, known.after, seen_coming=known.seen_coming))
                known = replace(known, presented_ms=sighting.at_ms, lately=sighting.share)
            self._known[sighting.key] = known
        self._forget_old()
        return shown

    def not_taken(self, key: Key) -> None:
        """Present a code again in the next picture, because nobody took it."""
        if key in self._known:
            self._known[key] = replace(self._known[key], presented_ms=None)

    def _note(self, sighting: Sighting, here: set[Key]) -> None:
        """Put a sighting to the showing that it belongs to."""
        known = self._known.get(sighting.key)
        if known is None:
            self._known[sighting.key] = self._begun(sighting, here)
            return
        gap_ms = self._unseen_ms(known.last.at_ms, sighting.at_ms)
        is_raised = _is_raised(known, sighting)
        is_back = self._comes_back(known, sighting, gap_ms) or _moves(known.spot, sighting)
        if is_back or (is_raised and known.raised_ms is not None):
            skipped_ms = (sighting.clock_ms - sighting.at_ms) - (known.last.clock_ms - known.last.at_ms)
            away_ms = gap_ms + max(0, skipped_ms) if is_back and known.presented else None
            # Many short sights are a stay too: somebody sits there, and turns to and fro.
            stayed_ms = known.in_view_ms if is_back and gap_ms < _LONG_MS else 0
            begun = replace(self._begun(sighting, here), away_ms=away_ms, in_view_ms=stayed_ms)
            if not is_back:
                begun = replace(begun, raises=known.raises + 1, last_raise_ms=sighting.at_ms)
            self._known[sighting.key] = begun
            return
        # Not back, though it was away: so it is at its spot.
        is_doubtful = gap_ms >= self._repeat_after_ms and sighting.is_near and not known.stays
        is_raising = _has_settled(known, sighting) and sighting.share > known.lately
        weight = min(1.0, gap_ms / (_GROWING_MS if is_raising else _LATELY_MS))
        self._known[sighting.key] = replace(
            known,
            last=sighting,
            lately=known.lately + weight * (sighting.share - known.lately),
            spot=sighting if is_doubtful else known.spot,
            raised_ms=sighting.at_ms if is_raised else None,
            is_again=sighting.is_near and gap_ms >= _AGAIN_MS,
            in_view_ms=known.in_view_ms + (gap_ms if gap_ms <= _GLIMPSE_MS else 0),
        )

    def _begun(self, sighting: Sighting, here: set[Key]) -> _Showing:
        """A code's first sight, or its first after it was away."""
        seen_coming = self._blind_ms is None or sighting.at_ms - self._blind_ms[1] >= self._repeat_after_ms
        after = tuple(
            key
            for key, gone in self._known.items()
            if gone.presented
            and key not in here
            and self._unseen_ms(gone.last.at_ms, sighting.at_ms) < self._repeat_after_ms
        )
        return _Showing(sighting.at_ms, sighting, sighting.share, after=after, seen_coming=seen_coming)

    def _unseen_ms(self, since_ms: int, until_ms: int) -> int:
        """For how long the camera looked and did not see what it saw at both moments."""
        begins_ms, ends_ms = self._blind_ms or (0, 0)
        blind_ms = ends_ms - max(begins_ms, since_ms) if since_ms < ends_ms <= until_ms else 0
        return until_ms - since_ms - (blind_ms if blind_ms < _FORGOTTEN_MS else 0)

    def _comes_back(self, known: _Showing, sighting: Sighting, gap_ms: int) -> bool:
        """Whether somebody shows the code again after an absence, as the evidence above has it."""
        if gap_ms < self._repeat_after_ms:
            return False
        if not known.presented:
            return True
        if sighting.is_near:
            hangs = known.in_view_ms >= _HANGS_MS and _is_same_spot(known.last, sighting)
            long = known.stays or hangs
            return not long or gap_ms >= max(_LONG_MS, self._repeat_after_ms)
        return gap_ms >= max(_FORGOTTEN_MS, self._repeat_after_ms)

    def _put_behind(self, known: _Showing, sighting: Sighting) -> _Showing:
        """Whether somebody holds up a larger one now, or did a moment ago."""
        fronts = (
            other.last.share
            for key, other in self._known.items()
            if key != sighting.key
            and other.last.is_near
            and not other.stays
            and sighting.at_ms - other.last.at_ms <= _FRONT_MS
        )
        if sighting.share < _BEHIND * max(fronts, default=0.0):
            return replace(known, behind=max(known.behind, sighting.share), behind_ms=sighting.at_ms)
        if known.behind and (sighting.is_near or sighting.at_ms - known.behind_ms >= _NEXT_MS):
            return replace(known, behind=0.0)
        return known

    def _is_shown(self, known: _Showing, sighting: Sighting, unread: float) -> bool:
        if known.behind:
            return sighting.is_near and sighting.share >= _GROWN * known.behind
        if sighting.is_near:
            return True
        waits = unread >= NEAR and sighting.share < _BEHIND * unread
        if not waits and not self._patience_ms:
            return True
        patience_ms = _PATIENCE_BEFORE_UNREAD_MS if waits else self._patience_ms
        return sighting.is_in_the_middle and sighting.at_ms - known.began_ms >= patience_ms

    def _forget_old(self) -> None:
        """Keep the codes that were seen last: a camera in the street sees thousands."""
        if len(self._known) > _MOST_CODES:
            newest = sorted(self._known.items(), key=lambda item: -item[1].last.at_ms)
            self._known = dict(newest[: _MOST_CODES // 2])


def _has_settled(known: _Showing, sighting: Sighting) -> bool:
    """Whether it was presented some time ago, so that it is not on its way to the lens any more."""
    return known.presented_ms is not None and sighting.at_ms - known.presented_ms >= _SETTLED_MS


def _is_raised(known: _Showing, sighting: Sighting) -> bool:
    """Whether a code that was presented, and not on its way to the lens just then, is held up again."""
    if not _has_settled(known, sighting):
        return False
    pause_ms = _RAISE_PAUSE_MS * 2 ** (known.raises - 1) if known.raises else 0
    if sighting.at_ms - known.last_raise_ms < pause_ms:
        return False
    return sighting.is_near and sighting.share >= _RAISED * known.lately


def _moves(spot: Sighting | None, sighting: Sighting) -> bool:
    """Whether a near code that came back to where it had been is in a hand after all."""
    return spot is not None and sighting.is_near and not _is_same_spot(spot, sighting)


def _is_same_spot(one: Sighting, other: Sighting) -> bool:
    """Whether a code is where it was, as what hangs on a wall is and what a hand holds hardly ever."""
    moved = max(abs(here - there) for here, there in zip(one.place, other.place, strict=True))
    return moved <= _SAME_PLACE and abs(one.share - other.share) <= _SAME_PLACE * one.share
