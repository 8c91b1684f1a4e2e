"""Gifts that somebody got for points of another person, while their numbers were taken for one person's.

Once the merge is taken back each has the own points again. What one number was granted meanwhile and can't
pay by itself stays charged to the other one: taking back lets nobody spend the same points twice.
"""

from collections.abc import Collection, Iterable

from django.db.models import Q

from settlement.ledger.totals import approved_lines
from settlement.models import Exchange, MergedNumber
from settlement.rule_book import rules_by_date
from settlement.rules import points as rules
from settlement.rules.points import ApprovedTime, ExchangeResult, ExchangeState, keep_points

_GRANTED = (ExchangeState.APPROVED, ExchangeState.FULFILLED)


def spent_of_others(numbers: Collection[int]) -> list[Exchange]:
    """The exchanges of others that are charged to the person of these numbers, in their order."""
    ended = MergedNumber.objects.filter(Q(gone__in=numbers) | Q(kept__in=numbers), taken_back__isnull=False)
    columns = ("kept_id", "gone_id", "at_ms", "taken_back__at_ms")
    return spent_meanwhile(numbers, ended.order_by("pk").values_list(*columns))


def spent_meanwhile(numbers: Collection[int], ended: Iterable[tuple[int, int, int, int]]) -> list[Exchange]:
    """The same of merges that are known: kept and gone number, since when they held and until when."""
    found: dict[int, Exchange] = {}
    for kept, gone, *times in ended:
        for other in {kept, gone}.difference(numbers):
            meanwhile = Exchange.objects.filter(volunteer=other, state__in=_GRANTED, reviewed_ms__range=times)
            rows = list(meanwhile.order_by("pk"))
            unpaid = _unpaid(other) if rows else frozenset()
            found.update((row.pk, row) for row in rows if row.pk in unpaid)
    return list(found.values())


def _unpaid(volunteer: int) -> frozenset[int]:
    """The granted exchanges of a number that its own points don't pay for."""
    time = (ApprovedTime(line.activity, line.local_date, line.t_s) for line in approved_lines(volunteer))
    own = Exchange.objects.filter(volunteer=volunteer, state__in=_GRANTED).order_by("pk")
    asked = [rules.Exchange(str(row.pk), row.tier, row.local_date, ExchangeState(row.state)) for row in own]
    results = keep_points(time, asked, rules_by_date()).results
    return frozenset(int(name) for name, result in results.items() if result is not ExchangeResult.OK)
