"""The kinds of what waits: where they come from, what is told of one, and which services decide."""

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import Any, Final

from django.db.models import Model, QuerySet
from msgspec import Struct

from foundation.words import Words
from settlement.accounts.actor import Actor
from settlement.accounts.authority import Deed
from settlement.explain.sentences import Teller
from settlement.models import Dispute, Exchange, ManualRecord, StarReview
from settlement.reach import Reach
from settlement.recognition.points import approve_exchange, reject_exchange, waiting_exchanges
from settlement.recognition.stars import decide_star_review, open_star_reviews
from settlement.records.disputes import DisputeOutcome, DisputeResolution, answer_dispute, open_disputes
from settlement.records.manual_records import (
    confirm_manual_record,
    decline_manual_record,
    waiting_records,
)
from settlement.records.reasons import told_hand, told_reason
from settlement.rule_book import rules_at

MOST_SHOWN = 50
"""Of a kind, the oldest; the others follow as these are decided."""


class Act(StrEnum):
    """What somebody may decide; `inbox-act_…` in the catalogs."""

    CONFIRM = "confirm"
    DECLINE = "decline"
    GRANT = "grant"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    KEEP = "keep"
    REJECT = "reject"


class Item(Struct, frozen=True):
    """One thing that waits; `told` are sentences in the reader's language."""

    number: int
    volunteer: int
    name: str
    since: str
    told: tuple[str, ...]


Decide = Callable[[int, Actor, int, str], object]
"""The number of what waits, who decides, when (UTC milliseconds), and the note."""


class Kind(Struct, frozen=True):
    """`related` is read along with the rows, so that a page costs the same for any number of them."""

    code: str
    waiting: Callable[[Reach], "QuerySet[Any]"]
    related: tuple[str, ...]
    tell: Callable[[Any, Words, int], tuple[str, ...]]
    since_ms: Callable[[Any], int]
    acts: Mapping[Act, Decide]
    deed: Deed
    page: str = ""
    """Where one is looked at and decided with more than a note."""


def count_of(kind: Kind, reach: Reach) -> int:
    """How many wait."""
    return kind.waiting(reach).order_by().count()


def items_of(kind: Kind, reach: Reach, words: Words, now_ms: int) -> list[Item]:
    """The oldest that wait, told in the reader's language."""
    rows: Iterable[Any] = kind.waiting(reach).select_related("volunteer", *kind.related)[:MOST_SHOWN]
    zone = rules_at(now_ms).settlement_tz
    return [
        Item(
            number=row.pk,
            volunteer=row.volunteer_id,
            name=row.volunteer.display_name,
            since=Teller(words, zone).when(kind.since_ms(row)),
            told=kind.tell(row, words, now_ms),
        )
        for row in rows
    ]


def reached(kind: Kind, reach: Reach, number: int) -> Model | None:
    """What waits under that number within reach; None where nothing does."""
    found: Model | None = kind.waiting(reach).filter(pk=number).first()
    return found


def _tell_record(row: ManualRecord, words: Words, now_ms: int) -> tuple[str, ...]:  # noqa: ARG001
    at = Teller(words, row.activity.site.zone).when(row.at_ms)
    said = words.say(f"inbox-{row.direction}", activity=row.activity.title, at=at)
    return (said, words.say("inbox-entered", by=told_hand(row.entered_by, words)), told_reason(row, words))


def _tell_dispute(row: Dispute, words: Words, now_ms: int) -> tuple[str, ...]:  # noqa: ARG001
    about = words.say("inbox-line", activity=row.activity.title, date=row.local_date.isoformat())
    return (about, row.objection)


def _tell_gift(row: Exchange, words: Words, now_ms: int) -> tuple[str, ...]:
    points = rules_at(now_ms).exchange_tiers.get(row.tier, 0)
    return (words.say("inbox-gift", gift=row.tier, points=str(points)),)


def _tell_stars(row: StarReview, words: Words, now_ms: int) -> tuple[str, ...]:  # noqa: ARG001
    said = {"before": str(row.stars_before), "after": str(row.stars_after)}
    return (words.say("inbox-stars_told", **said, time=words.duration(row.approved_s)),)


def _withdraw(number: int, by: Actor, now_ms: int, note: str) -> None:
    decide_star_review(number, by, now_ms, withdraw=True, note=note)


def _keep(number: int, by: Actor, now_ms: int, note: str) -> None:
    decide_star_review(number, by, now_ms, withdraw=False, note=note)


def _reject_dispute(number: int, by: Actor, now_ms: int, note: str) -> object:
    answer = DisputeResolution(DisputeOutcome.REJECTED, note)
    return answer_dispute(number, answer, by=by, now_ms=now_ms)


KINDS: Final = (
    Kind(
        "times",
        waiting_records,
        ("activity__site", "of_dispute"),
        _tell_record,
        lambda row: row.entered_ms,
        {
            Act.CONFIRM: lambda number, by, now_ms, _: confirm_manual_record(number, by, now_ms),
            Act.DECLINE: decline_manual_record,
        },
        Deed.CONFIRM_MANUAL,
    ),
    Kind(
        "objections",
        open_disputes,
        ("activity",),
        _tell_dispute,
        lambda row: row.raised_ms,
        {Act.REJECT: _reject_dispute},
        Deed.ANSWER_DISPUTE,
        "objection",
    ),
    Kind(
        "gifts",
        waiting_exchanges,
        (),
        _tell_gift,
        lambda row: row.applied_ms,
        {
            Act.GRANT: lambda number, by, now_ms, _: approve_exchange(number, by, now_ms),
            Act.REFUSE: reject_exchange,
        },
        Deed.DECIDE_GIFTS,
    ),
    Kind(
        "stars",
        open_star_reviews,
        (),
        _tell_stars,
        lambda row: row.raised_ms,
        {Act.WITHDRAW: _withdraw, Act.KEEP: _keep},
        Deed.DECIDE_STARS,
    ),
)
