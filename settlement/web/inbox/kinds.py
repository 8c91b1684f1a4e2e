"""The kinds of what waits, in the order in which they are listed."""

from typing import Final

from django.db.models import Count

from foundation.words import Words
from settlement.accounts.actor import Actor
from settlement.accounts.authority import Deed
from settlement.explain.sentences import Teller
from settlement.models import Dispute, Exchange, ManualRecord, StarReview
from settlement.recognition.certificate_requests import grant_request, refuse_request, waiting_requests
from settlement.recognition.points import (
    approve_exchange,
    fulfil_exchange,
    granted_exchanges,
    reject_exchange,
    waiting_exchanges,
)
from settlement.recognition.stars import decide_star_review, open_star_reviews
from settlement.records.disputes import DisputeOutcome, DisputeResolution, answer_dispute, open_disputes
from settlement.records.manual_records import (
    confirm_manual_record,
    decline_manual_record,
    waiting_records,
)
from settlement.records.reasons import told_hand, told_reason
from settlement.rule_book import rules_at
from settlement.web.inbox.certificate_requests import tell_request
from settlement.web.inbox.kind import Act, Kind, Said
from settlement.web.inbox.of_places import APPLICATIONS, UNNAMED
from settlement.web.inbox.of_transfers import TRANSFERS
from settlement.web.inbox.walk_ins import WALK_INS


def _tell_record(row: ManualRecord, words: Words, now_ms: int) -> tuple[str, ...]:  # noqa: ARG001
    at = Teller(words, row.activity.site.zone).when(row.at_ms)
    said = words.say(f"inbox-{row.direction}", activity=row.activity.title, at=at)
    count: int = getattr(row, "instead", 0)
    instead = (words.say("inbox-instead", count=count),) if count else ()
    entered = words.say("inbox-entered", by=told_hand(row.entered_by, words))
    return (said, *instead, entered, told_reason(row, words), words.say("inbox-second_person"))


def _tell_dispute(row: Dispute, words: Words, now_ms: int) -> tuple[str, ...]:  # noqa: ARG001
    about = words.say("inbox-line", activity=row.activity.title, date=row.local_date.isoformat())
    return (about, row.objection)


def _tell_gift(row: Exchange, words: Words, now_ms: int) -> tuple[str, ...]:
    points = rules_at(now_ms).exchange_tiers.get(row.tier, 0)
    return (words.say("inbox-gift", gift=row.tier, points=str(points)),)


def _tell_stars(row: StarReview, words: Words, now_ms: int) -> tuple[str, ...]:  # noqa: ARG001
    said = {"before": str(row.stars_before), "after": str(row.stars_after)}
    return (words.say("inbox-stars_told", **said, time=words.duration(row.approved_s)),)


def _withdraw(number: int, by: Actor, now_ms: int, said: Said) -> None:
    decide_star_review(number, by, now_ms, withdraw=True, note=said.note)


def _keep(number: int, by: Actor, now_ms: int, said: Said) -> None:
    decide_star_review(number, by, now_ms, withdraw=False, note=said.note)


def _reject_dispute(number: int, by: Actor, now_ms: int, said: Said) -> object:
    answer = DisputeResolution(DisputeOutcome.REJECTED, said.note)
    return answer_dispute(number, answer, by=by, now_ms=now_ms)


def _tell_granted(row: Exchange, words: Words, now_ms: int) -> tuple[str, ...]:
    return (*_tell_gift(row, words, now_ms), words.say("inbox-granted", by=row.reviewed_by))


KINDS: Final = (
    Kind(
        code="times",
        waiting=lambda reach: waiting_records(reach).annotate(instead=Count("replacements")),
        related=("volunteer", "activity__site", "of_dispute"),
        tell=_tell_record,
        since_ms=lambda row: row.entered_ms,
        acts={
            Act.CONFIRM: lambda number, by, now_ms, _: confirm_manual_record(number, by, now_ms),
            Act.DECLINE: lambda number, by, now_ms, said: decline_manual_record(
                number, by, now_ms, said.note
            ),
        },
        deed=Deed.CONFIRM_MANUAL,
    ),
    Kind(
        code="objections",
        waiting=open_disputes,
        related=("volunteer", "activity"),
        tell=_tell_dispute,
        since_ms=lambda row: row.raised_ms,
        acts={Act.REJECT: _reject_dispute},
        deed=Deed.ANSWER_DISPUTE,
        page="objection",
    ),
    APPLICATIONS,
    UNNAMED,
    WALK_INS,
    TRANSFERS,
    Kind(
        code="gifts",
        waiting=waiting_exchanges,
        by_person=True,
        related=("volunteer",),
        tell=_tell_gift,
        since_ms=lambda row: row.applied_ms,
        acts={
            Act.GRANT: lambda number, by, now_ms, _: approve_exchange(number, by, now_ms),
            Act.REFUSE: lambda number, by, now_ms, said: reject_exchange(number, by, now_ms, said.note),
        },
        deed=Deed.DECIDE_GIFTS,
    ),
    Kind(
        code="handouts",
        waiting=granted_exchanges,
        by_person=True,
        related=("volunteer",),
        tell=_tell_granted,
        since_ms=lambda row: row.reviewed_ms,
        acts={Act.HAND_OUT: lambda number, by, now_ms, _: fulfil_exchange(number, by, now_ms)},
        deed=Deed.HAND_OUT_GIFTS,
    ),
    Kind(
        code="stars",
        waiting=open_star_reviews,
        by_person=True,
        related=("volunteer",),
        tell=_tell_stars,
        since_ms=lambda row: row.raised_ms,
        acts={Act.WITHDRAW: _withdraw, Act.KEEP: _keep},
        deed=Deed.DECIDE_STARS,
    ),
    Kind(
        code="certificates",
        waiting=waiting_requests,
        related=("volunteer", "organisation"),
        tell=tell_request,
        since_ms=lambda row: row.asked_ms,
        acts={
            Act.GRANT: lambda number, by, now_ms, _: grant_request(number, by, now_ms),
            Act.REFUSE: lambda number, by, now_ms, said: refuse_request(number, by, now_ms, said.note),
        },
        deed=Deed.CERTIFY,
    ),
)
