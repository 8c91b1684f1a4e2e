"""What is to be told of lines: messages that are written in the transaction of what they tell.

So nothing is told that did not happen, and nothing that happened stays untold, whenever a process dies.
"""

import datetime as dt
import secrets
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

import msgspec
from django.db.models import Count, Sum
from msgspec import Struct

from settlement.accounts.actor import Level, Role
from settlement.accounts.authority import Deed, allowed
from settlement.ledger.entries import StoredEntry, approved
from settlement.models import Activity, Webhook, WebhookDelivery
from settlement.organisations.tree import is_within
from settlement.rules.hours import display_hours
from settlement.rules.settle import LineKey
from settlement.webhooks.events import DeliveryState, LineEvent

MOST_LINES = 100
"""Of one message."""


class ToldLine(Struct, frozen=True):
    """One line as receivers are told of it: numbers and times, nobody's name.

    `entries` are those that were approved just now, by `delta_s` together; `approved_s` is what counts since.
    """

    volunteer: int
    activity: str
    organisation: str
    local_date: str
    entries: list[int]
    delta_s: int
    approved_s: int
    hours: str


def who_is_told() -> list[Webhook]:
    """The webhooks that are to be told of lines."""
    return [row for row in _alive() if may_be_told(row)]


def announce(webhooks: Sequence[Webhook], decided: Sequence[StoredEntry], at_ms: int) -> None:
    """Put what was approved just now into the outbox, for every one of these webhooks (`who_is_told`).

    `at_ms` is when it was decided (UTC). Needs the transaction of the approval, and that nobody else decides
    on these volunteers' hours meanwhile.
    """
    told = _told(decided)
    WebhookDelivery.objects.bulk_create(
        message_of(row, kind, portion, at_ms)
        for row in webhooks
        for kind in sorted(set(row.kinds) & told.keys())
        for portion in _portions(_of_branch(row, told[kind]))
    )


def message_of(row: Webhook, kind: str, lines: Sequence[ToldLine], at_ms: int) -> WebhookDelivery:
    """A new message, not stored yet; `at_ms` is when it happened by the centre's clock."""
    moment = dt.datetime.fromtimestamp(at_ms / 1000, dt.UTC).isoformat(timespec="milliseconds")
    told = {"type": kind, "timestamp": moment, "data": {"lines": lines}}
    now_ms = real_ms()
    return WebhookDelivery(
        webhook=row,
        message=f"msg_{secrets.token_hex(16)}",
        kind=kind,
        lines=len(lines),
        body=msgspec.json.encode(told).decode(),
        made_ms=now_ms,
        next_ms=now_ms,
        state=DeliveryState.WAITING,
    )


def real_ms() -> int:
    """The machine's own time: receivers compare with theirs, whatever a demo's clock says."""
    return time.time_ns() // 1_000_000


def _alive() -> Iterator[Webhook]:
    rows = Webhook.objects.filter(ended_ms=None, paused_ms=None, account__ended_ms=None)
    return rows.select_related("account__organisation", "organisation").order_by("pk").iterator()


def may_be_told(row: Webhook) -> bool:
    """Whether the account that made it still may read so far: it is never told more than that."""
    account = row.account
    place = account.organisation.path if account.organisation else ""
    roles = [Role(role) for role in account.roles]
    return allowed(Level(account.level), roles, Deed.READ_PEOPLE) and is_within(_place(row), place)


def _of_branch(row: Webhook, lines: Sequence[ToldLine]) -> list[ToldLine]:
    return [line for line in lines if is_within(line.organisation, _place(row))]


def _portions(lines: list[ToldLine]) -> Iterator[list[ToldLine]]:
    return (lines[start : start + MOST_LINES] for start in range(0, len(lines), MOST_LINES))


def _place(row: Webhook) -> str:
    return row.organisation.path if row.organisation else ""


def _told(decided: Sequence[StoredEntry]) -> Mapping[str, list[ToldLine]]:
    by_line: dict[LineKey, list[StoredEntry]] = defaultdict(list)
    for stored in decided:
        by_line[stored.entry.key].append(stored)
    sums, places = _sums(by_line), _places(by_line)
    told: dict[str, list[ToldLine]] = defaultdict(list)
    for key in sorted(by_line, key=lambda key: (key.activity, key.local_date, int(key.volunteer))):
        now, (count, total_s) = by_line[key], sums[key]
        line = ToldLine(
            volunteer=int(key.volunteer),
            activity=key.activity,
            organisation=places[key.activity],
            local_date=key.local_date.isoformat(),
            entries=sorted(stored.pk for stored in now),
            delta_s=sum(stored.entry.delta_s for stored in now),
            approved_s=total_s,
            hours=display_hours(total_s),
        )
        told[_event(count > len(now), total_s)].append(line)
    return told


def _event(was_approved: bool, total_s: int) -> LineEvent:  # noqa: FBT001 - both are what is asked about
    if not was_approved:
        return LineEvent.SETTLED
    return LineEvent.CHANGED if total_s else LineEvent.WITHDRAWN


def _sums(keys: Mapping[LineKey, object]) -> dict[LineKey, tuple[int, int]]:
    """How many entries of each of these lines are approved now, and their seconds."""
    rows = approved().filter(
        volunteer__in={int(key.volunteer) for key in keys},
        activity__in={key.activity for key in keys},
        local_date__in={key.local_date for key in keys},
    )
    grouped = rows.order_by().values("volunteer_id", "activity_id", "local_date")
    return {
        LineKey(str(row["volunteer_id"]), row["activity_id"], row["local_date"]): (row["count"], row["t_s"])
        for row in grouped.annotate(count=Count("pk"), t_s=Sum("delta_s"))
    }


def _places(keys: Mapping[LineKey, object]) -> dict[str, str]:
    rows = Activity.objects.filter(pk__in={key.activity for key in keys})
    return {pk: path or "" for pk, path in rows.values_list("pk", "organisation__path")}
