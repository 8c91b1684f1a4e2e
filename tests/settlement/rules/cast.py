"""Who takes part in the tests of the rules: one volunteer with a card, one activity, one ordinary day."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from settlement.rules.evidence import Activity, Credential, Direction, Event, ManualEntry
from settlement.rules.rule_set import RuleSet
from settlement.rules.settle import settle_volunteers

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY = datetime(2026, 3, 7, tzinfo=SHANGHAI)
ALWAYS = ((0, None),)
CREDENTIALS = {"K1": Credential("V1"), "K2": Credential("V2")}


def at(clock, *, days=0):
    """The second of "09:00" or "09:00:30" on 7 March 2026 in Shanghai, or days later."""
    hours, minutes, *seconds = map(int, clock.split(":"))
    moment = DAY + timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds[0] if seconds else 0)
    return int(moment.astimezone(UTC).timestamp())


def between(start, end):
    return (at(start), at(end))


def activity(name="A1", **changes):
    return Activity(**{"id": name, "site": "S1", "executing": ALWAYS} | changes)


def scan(name, direction, clock, **changes):
    """A scan of V1's card at A1, received at once."""
    moment_ms = (at(clock) if isinstance(clock, str) else clock) * 1000
    given = {
        "id": name,
        "terminal": "T1",
        "credential": "K1",
        "activity": "A1",
        "direction": Direction(direction),
        "method": "qr",
        "device_ms": moment_ms,
        "received_ms": moment_ms + (changes.get("offset_ms") or 0),
    }
    return Event(**given | changes)


def manual(name, direction, clock, **changes):
    """The same, entered by hand."""
    said = {"volunteer": "V1", "reason": "reader broken", "entered_by": "staff1", "confirmed_by": "staff2"}
    entry = ManualEntry(**said | changes)
    return scan(name, direction, clock, credential=None, method="manual", manual=entry)


def settle(events, *activities, rules=None, settle_at=None, credentials=None):
    """Settle on the evening of the next day."""
    return settle_volunteers(
        events,
        {one.id: one for one in activities or [activity()]},
        credentials or CREDENTIALS,
        rules or RuleSet(),
        at("20:00", days=1) if settle_at is None else settle_at,
    )


def only_session(settlement):
    (session,) = settlement.sessions
    return session
