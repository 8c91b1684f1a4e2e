"""What was seen of a broker becomes a finding of its row. Pure: the trials look, and decide nothing."""

from collections.abc import Sequence

from sync.conformance.rows import Finding, Mark, Row, Said

ENOUGH_IN_FLIGHT = 10
"""With fewer messages under way at once, each COMMIT of the centre is waited for by all terminals."""
_SPARED = frozenset({Row.MQTT_5, Row.MQTT_311, Row.RETAINED, Row.RETAINED_UP, Row.SHARED})
"""Muster gets along without these, or without one of them."""


def plain(row: Row, *, holds: bool, detail: str = "", needed: bool = True) -> Finding:
    """A row that holds or does not."""
    if holds:
        return Finding(row, Mark.HOLDS, Said.HOLDS, detail)
    return Finding(row, Mark.FAILS if needed else Mark.DOES_WITHOUT, Said.FAILS, detail)


def untried(row: Row, why: str = "") -> Finding:
    """A row that could not be tried; without a reason where an earlier row has told it."""
    return Finding(row, Mark.UNTRIED, Said.UNTRIED, why)


def let_in(refused: Sequence[str]) -> Finding:
    """`refused` are those of the three that were not let in, with the broker's word."""
    return plain(Row.LET_IN, holds=not refused, detail="; ".join(refused))


def version(row: Row, *, spoken: bool, wanted: bool, why: str) -> Finding:
    """Only the version that the settings name is needed."""
    return plain(row, holds=spoken, detail="" if spoken else why, needed=wanted)


def client_id(*, comes_in: bool, thrown_off: bool, still_hears: bool) -> Finding:
    """Somebody came with another's client id; a broker may refuse it, or give it its right one."""
    holds = not thrown_off and still_hears
    return plain(Row.CLIENT_ID, holds=holds, detail="CONNECT refused" if holds and not comes_in else "")


def access(row: Row, reached: Sequence[str]) -> Finding:
    """`reached` are the topics of another terminal that were written to, or heard."""
    return plain(row, holds=not reached, detail=", ".join(reached))


def order(sent: int, heard: Sequence[int]) -> Finding:
    """Doubled is allowed with quality of service 1; what is heard first must come in the order of sending."""
    firsts = list(dict.fromkeys(heard))
    holds = firsts == list(range(sent))
    return plain(Row.ORDER, holds=holds, detail=f"{len(firsts)}/{sent}")


def size(sent: int, heard: int) -> Finding:
    """`heard` are the bytes of what arrived, 0 where nothing did."""
    return plain(Row.SIZE, holds=heard == sent, detail=f"{heard}/{sent}")


def in_flight(sent: int, at_once: int, at_last: int) -> Finding:
    """So many arrive while nothing is acknowledged, and so many once everything is."""
    detail = f"{at_once}" if at_last >= sent else f"{at_last}/{sent}"
    if at_last < sent:
        return plain(Row.IN_FLIGHT, holds=False, detail=detail)
    return plain(Row.IN_FLIGHT, holds=at_once >= ENOUGH_IN_FLIGHT, detail=detail, needed=False)


def retained(*, given: bool, forgotten: bool) -> Finding:
    """Settings come again on a greeting: one that keeps none, or never forgets old ones, is only slower."""
    return plain(Row.RETAINED, holds=given and forgotten, needed=False)


def retained_up(*, kept: bool, told: bool) -> Finding:
    """The listener empties what it is told of at once, and anything else when it comes anew."""
    if not kept:
        return plain(Row.RETAINED_UP, holds=True)
    if told:
        return Finding(Row.RETAINED_UP, Mark.HOLDS, Said.TOLD)
    return plain(Row.RETAINED_UP, holds=False, needed=False)


def shared(*, granted: bool, heard: bool) -> Finding:
    """A grant is believed once a message came by it. Muster itself uses plain subscriptions only."""
    if granted and not heard:
        return Finding(Row.SHARED, Mark.DOES_WITHOUT, Said.DEAF)
    return plain(Row.SHARED, holds=granted, needed=False)


def in_the_way(findings: Sequence[Finding]) -> list[Finding]:
    """Why the broker may not be used yet: rows that matter and fail, or that nobody knows of."""
    return [
        finding
        for finding in findings
        if finding.mark is Mark.FAILS or (finding.mark is Mark.UNTRIED and finding.row not in _SPARED)
    ]
