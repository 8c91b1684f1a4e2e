"""How terminals' pages find a terminal, and how they say what is known of it."""

import time
from collections.abc import Sequence

from msgspec import Struct

from foundation.trouble import Trouble
from foundation.words import Words
from settlement.explain.sentences import Teller
from settlement.models import ForkEvidence, Quarantine, Terminal
from settlement.review.terminals_now import TerminalNow
from settlement.troubles import CentreTrouble
from settlement.web.missing import NotHere
from settlement.web.reached import terminal_among
from settlement.web.readers import Reader

_BYTES_SHOWN = 2_048
_BYTES_A_LINE = 16


class Content(Struct, frozen=True):
    """Bytes that somebody sent, as text in which nothing can act or hide, and as digits; `size` is of all."""

    text: str
    digits: str
    size: int
    is_cut: bool


class Kept(Struct, frozen=True):
    """A message that was put aside, or an event that claims a place; times are local text."""

    content: Content
    first: str
    last: str
    times: int = 1
    heading: str = ""
    why: str = ""
    topic: str = ""
    epoch: str = ""
    seq: int = 0


def reached_terminal(reader: Reader, name: str) -> Terminal:
    """The terminal of that name in reach; raises NotHere."""
    return terminal_among(reader.reach.terminals(), name)


def no_terminal(name: str) -> NotHere:
    """What is said of a terminal that is none, or beyond the reach."""
    return NotHere(CentreTrouble.NO_TERMINAL_HERE, terminal=name[:40])


def machine_ms() -> int:
    """The time by which certificates end: never a demo's."""
    return time.time_ns() // 1_000_000


def clock_said(row: TerminalNow, words: Words) -> str:
    """How far a terminal trusts its clock."""
    return words.code("clock", row.clock) if row.clock else ""


def alarm_said(code: str, words: Words) -> str:
    """What an alarm means and what to do."""
    return words.trouble(Trouble.term("alarm", code))


def messages_kept(rows: Sequence[Quarantine], words: Words, teller: Teller) -> list[Kept]:
    """Messages that were not taken, for a page."""
    return [
        Kept(
            heading=words.say("terminals-not_taken", why=words.what(Trouble.term("reject", row.reason))),
            why=row.detail,
            topic=row.topic,
            times=row.times,
            first=teller.when(row.first_ms),
            last=teller.when(row.last_ms),
            content=content_of(bytes(row.raw), row.size),
        )
        for row in rows
    ]


def content_of(raw: bytes, size: int) -> Content:
    """The beginning of what somebody sent; pure."""
    shown = raw[:_BYTES_SHOWN]
    text = shown.decode("utf-8", errors="backslashreplace")
    lines = (shown[at : at + _BYTES_A_LINE].hex(" ") for at in range(0, len(shown), _BYTES_A_LINE))
    return Content(
        text="".join(one if one.isprintable() or one == "\n" else _escaped(one) for one in text),
        digits="\n".join(lines),
        size=size,
        is_cut=len(raw) > len(shown) or size > len(raw),
    )


def forks_kept(rows: Sequence[ForkEvidence], teller: Teller) -> list[Kept]:
    """Events that claim a taken place, for a page."""
    return [
        Kept(
            epoch=row.chain.epoch,
            seq=row.seq,
            first=teller.when(row.received_ms),
            last=teller.when(row.received_ms),
            content=content_of(bytes(row.raw), len(row.raw)),
        )
        for row in rows
    ]


def _escaped(one: str) -> str:
    """A control or a mark that would turn or hide what stands beside it, written out."""
    return one.encode("unicode_escape").decode()
