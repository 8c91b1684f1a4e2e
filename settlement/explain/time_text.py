"""How closely a time is known and who measured it, in words: silent where a clock was right to the second."""

from collections.abc import Iterator

from settlement.evidence.measured_times import Basis, Measured, MeasuredTime
from settlement.explain.sentences import Teller


def tell_time(found: MeasuredTime | None, teller: Teller) -> Iterator[str]:
    """What the terminal's clock said, what it was corrected to, its bound, and what it lies between."""
    if found is None or found.is_certain:
        return
    yield teller.words.code(
        "explain-time",
        found.basis,
        wall=_at(found.wall_ms, teller),
        at=_at(found.corrected_ms, teller),
        bound=_bound(found.error_ms or 0, teller),
    )
    for message, measured in (("explain-time_after", found.after), ("explain-time_before", found.before)):
        if measured is not None:
            yield _measured(message, measured, teller)
    passed_ms = found.clock.since_sync_ms
    if found.basis is Basis.OWN and passed_ms is not None:
        passed = _bound(passed_ms, teller)
        yield teller.words.say("explain-time_held", source=_source(found.clock.source, teller), passed=passed)


def _measured(message: str, measured: Measured, teller: Teller) -> str:
    return teller.words.say(
        message,
        at=_at(measured.at_ms, teller),
        bound=_bound(measured.error_ms, teller),
        source=_source(measured.source, teller),
    )


def _source(source: str, teller: Teller) -> str:
    """Who measured: what terminals call it, in words."""
    return teller.words.code("measured_by", source or "–")


def _at(utc_ms: int, teller: Teller) -> str:
    return teller.date_and_time(utc_ms // 1000)


def _bound(duration_ms: int, teller: Teller) -> str:
    """Whole seconds, rounded up: what a bound says must hold the truth."""
    return teller.words.duration(-(-duration_ms // 1000))
