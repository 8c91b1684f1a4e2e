"""The form by which somebody says when a volunteer really came and left, and what that would change."""

from collections.abc import Iterable, Sequence

from django.http import QueryDict
from msgspec import Struct

from settlement.explain.explanation import Explanation
from settlement.explain.sentences import Teller
from settlement.local_times import local_ms
from settlement.records.disputes import Correction
from settlement.rules.evidence import Direction

_FIELDS = {Direction.IN: "came", Direction.OUT: "left"}


class End(Struct, frozen=True):
    """A check-in or check-out that the line has; `chosen` ones are replaced by the time that is given."""

    direction: Direction
    event: str
    at: str
    chosen: bool


class TimesForm(Struct, frozen=True):
    """What the form shows: what was filled in, and the ends that a time may count instead of."""

    came: str
    left: str
    why: str
    ends: tuple[End, ...]


def times_form(
    explained: Iterable[Explanation], teller: Teller, filled: QueryDict | None = None
) -> TimesForm:
    """The form of a line: empty, with the only check-in and check-out chosen, or as somebody filled it in."""
    ends = [end for one in explained for end in _ends(one, teller)]
    chosen = set(filled.getlist("instead_of")) if filled is not None else _only(ends)
    given = filled if filled is not None else QueryDict()
    return TimesForm(
        given.get("came", ""),
        given.get("left", ""),
        given.get("why", ""),
        tuple(End(end.direction, end.event, end.at, end.event in chosen) for end in ends),
    )


def corrections_in(filled: QueryDict, form: TimesForm, zone: str) -> tuple[Correction, ...]:
    """The times that were filled in, each instead of the chosen ends of its direction.

    `zone` is the IANA zone of the site. Raises RulesError as `local_ms` does.
    """
    return tuple(
        Correction(
            direction,
            local_ms(text, zone),
            tuple(end.event for end in form.ends if end.chosen and end.direction is direction),
        )
        for direction, field in _FIELDS.items()
        if (text := filled.get(field, "").strip())
    )


def _ends(explained: Explanation, teller: Teller) -> Iterable[End]:
    for session in explained.sessions:
        for direction, proof, at_s in (
            (Direction.IN, session.came, session.in_s),
            (Direction.OUT, session.left, session.out_s),
        ):
            if proof is not None and at_s is not None:
                yield End(direction, proof.source, teller.date_and_time(at_s), chosen=False)


def _only(ends: Sequence[End]) -> set[str]:
    """Where a line has one check-in or check-out, it is what a correction is about."""
    directions = [end.direction for end in ends]
    return {end.event for end in ends if directions.count(end.direction) == 1}
