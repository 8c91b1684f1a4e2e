"""How long the settlement rules take per event, and how much of that is the bare sorting and pairing.

    python benchmarks/settle_volunteers.py [VOLUNTEERS]

Both are run on the same events, in turn, five times; the medians of the CPU time are printed. The volunteers
are those of a large event: a month of shifts in one of several activities, two scans a day, and now and then
a forgotten check-out, a repeated scan, a wrong clock or a night shift.
"""

import gc
import random
import statistics
import sys
import time
from collections.abc import Callable

from settlement.rules.evidence import Activity, Credential, Direction, Event
from settlement.rules.rule_set import BreakMode, RuleSet
from settlement.rules.settle import settle_volunteers

DAY_S = 86400
FIRST_MIDNIGHT_S = 1_772_294_400  # 2026-03-01 00:00 in Shanghai
DAYS = 28
ROUNDS = 5
PER_SETTLEMENT = 500
"""Volunteers settled by one call, as the settler does it."""


def main(volunteers: int) -> None:
    """Print the figures."""
    activities, credentials = _master_data(volunteers)
    groups = [
        [
            event
            for volunteer in range(first, min(first + PER_SETTLEMENT, volunteers))
            for event in _events(volunteer)
        ]
        for first in range(0, volunteers, PER_SETTLEMENT)
    ]
    events = sum(map(len, groups))
    rules = RuleSet(break_mode=BreakMode.AUTO)
    settle_at_s = FIRST_MIDNIGHT_S + (DAYS + 2) * DAY_S

    def settle() -> int:
        settled = (settle_volunteers(group, activities, credentials, rules, settle_at_s) for group in groups)
        return sum(sum(settlement.totals.values()) for settlement in settled)

    def bare() -> int:
        return sum(_sort_and_pair(group) for group in groups)

    figures: dict[str, list[float]] = {"rules": [], "sort and pair": []}
    gc.freeze()
    for _ in range(ROUNDS):
        for name, run in (("rules", settle), ("sort and pair", bare)):
            figures[name].append(_cpu_ns(run) / events / 1000)
    rules_us, bare_us = (statistics.median(figure) for figure in figures.values())
    print(f"{events} events of {volunteers} volunteers, {settle() / 3600:.0f} hours")
    print(f"rules S0-S12   {rules_us:6.2f} us per event")
    print(f"sort and pair  {bare_us:6.2f} us per event")
    print(f"ratio          {rules_us / bare_us:6.1f}")


def _cpu_ns(run: Callable[[], int]) -> int:
    started = time.process_time_ns()
    run()
    return time.process_time_ns() - started


def _sort_and_pair(events: list[Event]) -> int:
    """What no settlement can do without: seconds between each check-in and the next check-out."""
    scans: dict[tuple[str | None, str], list[tuple[int, str]]] = {}
    for event in events:
        scans.setdefault((event.credential, event.activity), []).append((event.device_ms, event.direction))
    total = 0
    for of_one in scans.values():
        of_one.sort()
        opened: int | None = None
        for moment, direction in of_one:
            if direction == Direction.IN:
                opened = moment
            elif opened is not None:
                total += moment // 1000 - opened // 1000
                opened = None
    return total


def _master_data(volunteers: int) -> tuple[dict[str, Activity], dict[str, Credential]]:
    activities = {
        f"A{number}-{day}": Activity(
            id=f"A{number}-{day}",
            site=f"S{number % 40}",
            executing=((FIRST_MIDNIGHT_S, None),),
            shifts=((FIRST_MIDNIGHT_S + day * DAY_S + 9 * 3600, FIRST_MIDNIGHT_S + day * DAY_S + 17 * 3600),),
        )
        for number in range(100)
        for day in range(DAYS)
    }
    credentials = {f"K{volunteer}": Credential(f"V{volunteer}") for volunteer in range(volunteers)}
    return activities, credentials


def _events(volunteer: int) -> list[Event]:
    """About 27 events: the games' 15.7 million among 590,000 volunteers, the same for every run."""
    chance = random.Random(volunteer)
    number = chance.randrange(100)
    events: list[Event] = []
    for day in sorted(chance.sample(range(DAYS), 13)):
        opens_s = FIRST_MIDNIGHT_S + day * DAY_S
        night = 12 * 3600 if chance.random() < 0.03 else 0
        in_s = opens_s + night + 9 * 3600 + chance.randrange(-900, 1200)
        out_s = in_s + chance.randrange(4 * 3600, 9 * 3600)
        scans = [(in_s, Direction.IN), (out_s, Direction.OUT)]
        if chance.random() < 0.05:
            scans.insert(1, (in_s + 5, Direction.IN))
        if chance.random() < 0.02:
            scans.pop()
        offset_ms = chance.choice((0, 0, 0, 0, 0, 0, 0, -4000, 45_000, 400_000))
        events += [
            Event(
                id=f"{volunteer}-{day}-{place}",
                terminal=f"T{number % 40}",
                seq=volunteer * 100 + place,
                credential=f"K{volunteer}",
                activity=f"A{number}-{day}",
                direction=direction,
                method="qr",
                device_ms=moment * 1000 - offset_ms,
                offset_ms=offset_ms,
                received_ms=moment * 1000 + 900,
            )
            for place, (moment, direction) in enumerate(scans)
        ]
    chance.shuffle(events)
    return events


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
