"""Points for gifts, from approved time; each application moves forward once, by a named person (S18).

One account for each person: days and applications of all numbers that were merged count in it.
"""

from collections.abc import Collection, Iterable, Sequence

from django.db import transaction
from django.db.models import QuerySet

from foundation.errors import RulesError
from foundation.trouble import Trouble
from settlement.accounts.actor import Actor
from settlement.accounts.authority import Deed
from settlement.ledger.totals import ApprovedLine, approved_lines
from settlement.merged_numbers import check_takes_new, merged_numbers
from settlement.models import Exchange, Volunteer
from settlement.reach import Reach, check_entitled
from settlement.recognition.spent_together import spent_of_others
from settlement.rule_book import rules_at, rules_by_date
from settlement.rules import points as rules
from settlement.rules.local_dates import local_dates
from settlement.rules.points import ApprovedTime, ExchangeResult, ExchangeState, PointsAccount, keep_points
from settlement.signatures import check_not_own, reason_given
from settlement.troubles import DecisionTrouble

_NEW = "new"


def points_account(volunteer: int) -> PointsAccount:
    """The points of a volunteer by calendar year, and what the rules say to each exchange (by its number).

    Empty for a number that is gone: its points are the kept one's.
    """
    numbers = list(merged_numbers().counted_for([volunteer]))
    return _account(numbers, list(Exchange.objects.filter(volunteer__in=numbers).order_by("pk")))


def apply_for_gift(volunteer: Volunteer, tier: str, by: Actor, now_ms: int) -> Exchange:
    """Take down an application of the volunteer's own, or by whoever hands gifts out; nothing is deducted
    until it is approved.

    Raises RulesError: NOT_ALLOWED, OUT_OF_REACH, ALREADY_ERASED, NUMBER_MERGED, and with what an approval
    would be refused for: UNKNOWN_TIER, EXCHANGE_LIMIT or INSUFFICIENT_POINTS; then nothing is taken down.
    """
    check_entitled(by, Deed.HAND_OUT_GIFTS, volunteer, owner=volunteer.number)
    with transaction.atomic():
        _lock(volunteer.number)
        check_takes_new(volunteer.number)
        today = local_dates(rules_at(now_ms).settlement_tz).date_of(now_ms // 1000)
        exchange = Exchange(
            volunteer=volunteer,
            tier=tier[:40],
            local_date=today,
            state=ExchangeState.APPLIED,
            applied_ms=now_ms,
        )
        _check_affordable(exchange)
        exchange.save(force_insert=True)
    return exchange


def approve_exchange(number: int, by: Actor, now_ms: int) -> None:
    """Grant an application: its points are deducted now.

    Raises RulesError: UNKNOWN_EXCHANGE, NOT_APPLIED, SELF_REVIEW, NOT_ALLOWED, OUT_OF_REACH, EXCHANGE_LIMIT,
    INSUFFICIENT_POINTS, UNKNOWN_TIER.
    """
    with transaction.atomic():
        exchange = _applied(number, by)
        _check_affordable(exchange)
        _step(exchange, state=ExchangeState.APPROVED, **_reviewed(by, now_ms))


def reject_exchange(number: int, by: Actor, now_ms: int, note: str) -> None:
    """Decline an application: nothing is deducted, and it does not count towards the year's limit.

    Raises RulesError: UNKNOWN_EXCHANGE, NOT_APPLIED, SELF_REVIEW, NOT_ALLOWED, OUT_OF_REACH, NO_REASON.
    """
    note = reason_given(note)
    with transaction.atomic():
        exchange = _applied(number, by)
        _step(exchange, state=ExchangeState.REJECTED, note=note, **_reviewed(by, now_ms))


def fulfil_exchange(number: int, by: Actor, now_ms: int) -> None:
    """Note that the gift was handed out.

    Raises RulesError: UNKNOWN_EXCHANGE, NOT_APPROVED, SELF_REVIEW, NOT_ALLOWED, OUT_OF_REACH.
    """
    with transaction.atomic():
        exchange = _locked(number)
        check_not_own(by, exchange.volunteer_id)
        check_entitled(by, Deed.HAND_OUT_GIFTS, exchange.volunteer)
        if exchange.state != ExchangeState.APPROVED:
            raise RulesError(
                DecisionTrouble.NOT_APPROVED, number=number, state=Trouble.term("exchange", exchange.state)
            )
        _step(
            exchange,
            state=ExchangeState.FULFILLED,
            fulfilled_by=by.name,
            fulfilled_account_id=by.account,
            fulfilled_ms=now_ms,
        )


def waiting_exchanges(reach: Reach) -> QuerySet[Exchange]:
    """Applications that nobody has decided on, the oldest first."""
    return reach.exchanges().filter(state=ExchangeState.APPLIED).order_by("applied_ms", "pk")


def granted_exchanges(reach: Reach) -> QuerySet[Exchange]:
    """Granted gifts that are still to be handed out, the oldest first."""
    return reach.exchanges().filter(state=ExchangeState.APPROVED).order_by("reviewed_ms", "pk")


def _account(numbers: Collection[int], exchanges: Sequence[Exchange]) -> PointsAccount:
    """The account of a person of these numbers, with what others spent of it while they shared it."""
    asked = [*spent_of_others(numbers), *exchanges]
    return points_of([line for number in numbers for line in approved_lines(number)], asked)


def points_of(lines: Iterable[ApprovedLine], asked: Sequence[Exchange]) -> PointsAccount:
    """The account of whoever has this approved time and made, or is charged with, these exchanges."""
    return keep_points(
        [ApprovedTime(line.activity, line.local_date, line.t_s) for line in lines],
        [
            rules.Exchange(str(row.pk or _NEW), row.tier, row.local_date, ExchangeState(row.state))
            for row in asked
        ],
        rules_by_date(),
    )


def _check_affordable(exchange: Exchange) -> None:
    """Raise RulesError unless this exchange, approved now, and all that were granted before are served."""
    numbers = merged_numbers().numbers_of(exchange.volunteer_id)
    others = Exchange.objects.filter(volunteer__in=numbers).exclude(pk=exchange.pk).order_by("pk")
    as_approved = Exchange(
        pk=exchange.pk, tier=exchange.tier, local_date=exchange.local_date, state=ExchangeState.APPROVED
    )
    results = _account(numbers, [*others, as_approved]).results
    granted = [row for row in others if row.state in (ExchangeState.APPROVED, ExchangeState.FULFILLED)]
    granted += [row for row in spent_of_others(numbers) if row.local_date.year == exchange.local_date.year]
    for row in (as_approved, *granted):
        result = results[str(row.pk or _NEW)]
        if result is ExchangeResult.UNKNOWN_TIER:
            raise RulesError(
                ExchangeResult.UNKNOWN_TIER,
                gift=row.tier,
                gifts=list(rules_by_date().on(row.local_date).exchange_tiers),
            )
        if result is not ExchangeResult.OK:
            raise RulesError(result)


def _applied(number: int, by: Actor) -> Exchange:
    """The application, locked with all of its volunteer's: undecided, and not the reviewer's own."""
    exchange = _locked(number)
    check_not_own(by, exchange.volunteer_id)
    check_entitled(by, Deed.DECIDE_GIFTS, exchange.volunteer)
    if exchange.state != ExchangeState.APPLIED:
        raise RulesError(DecisionTrouble.NOT_APPLIED, number=number)
    return exchange


def _reviewed(by: Actor, now_ms: int) -> dict[str, str | int]:
    return {"reviewed_by": by.name, "reviewed_account_id": by.account, "reviewed_ms": now_ms}


def _locked(number: int) -> Exchange:
    volunteer = Exchange.objects.filter(pk=number).values_list("volunteer__number", flat=True).first()
    if volunteer is None:
        raise RulesError(DecisionTrouble.UNKNOWN_EXCHANGE, number=number)
    _lock(volunteer)
    return Exchange.objects.get(pk=number)


def _lock(volunteer: int) -> None:
    """Of one person's points one person decides at a time, or two would spend the same."""
    numbers: tuple[int, ...] = ()
    # Who merges numbers locks them too: once they are locked they stay as they are.
    while numbers != (numbers := merged_numbers().numbers_of(volunteer)):
        rows = Volunteer.objects.filter(number__in=numbers).order_by("number")
        list(rows.select_for_update(no_key=True).values_list("number"))


def _step(exchange: Exchange, **changes: str | int) -> None:
    for name, value in changes.items():
        setattr(exchange, name, value)
    exchange.save(update_fields=[name.removesuffix("_id") for name in changes])
