"""The same settings for several terminals: what would change at each, all given together, who confirmed them.

Each terminal keeps what it is given beside: only the keys that are named become others.
"""

import hashlib
from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Any

import msgspec
from django.db import transaction
from django.db.models import QuerySet
from msgspec import Struct

from foundation.errors import SettingsError
from settlement.accounts.actor import Actor
from settlement.accounts.audit import Kind, Signed
from settlement.accounts.authority import Deed, check_may
from settlement.downlink.editions import check_takable, put_settings
from settlement.downlink.settings_changes import SettingChange, changes
from settlement.look_up import storable
from settlement.models import AuditRecord, Terminal
from settlement.organisations.tree import subtree
from settlement.reach import WHOLE, Reach, reach_of
from settlement.troubles import CentreTrouble
from sync.contract.downlink import SettingValue

MOST_TOGETHER = 300
"""Terminals of one group."""
_TOLD = 30


class Chosen(Struct, frozen=True):
    """Which terminals are wanted: those of a site, of an organisation and below; "" leaves all in."""

    site: str = ""
    organisation: str = ""


class Wanted(Struct, frozen=True):
    """What shall be another at each: keys with their values, and keys left to the terminals' own files."""

    values: dict[str, SettingValue] = {}
    left: frozenset[str] = frozenset()

    def over(self, before: Mapping[str, Any]) -> dict[str, SettingValue]:
        """What a terminal is given then that was given `before`."""
        kept = {key: value for key, value in before.items() if key not in self.left}
        return kept | self.values


class Confirmed(StrEnum):
    """How far a terminal is with what it was given."""

    NOTHING_GIVEN = "nothing_given"
    WAITING = "waiting"
    IN_FORCE = "in_force"


class Member(Struct, frozen=True):
    """A terminal of a group: the edition that it was given, and the one it said it runs (None: never)."""

    id: str
    site_name: str
    values: dict[str, Any]
    given: int | None
    runs: int | None

    @property
    def confirmed(self) -> Confirmed:
        """Whether it runs what it was given."""
        if self.given is None:
            return Confirmed.NOTHING_GIVEN
        return Confirmed.IN_FORCE if (self.runs or 0) >= self.given else Confirmed.WAITING


class Planned(Struct, frozen=True):
    """What would be another at one terminal; `after` is all that it would be given."""

    member: Member
    after: dict[str, SettingValue]
    changes: list[SettingChange]


class Plan(Struct, frozen=True):
    """What would change, terminal by terminal; `digest` is the SHA-256 of all of it."""

    rows: tuple[Planned, ...]
    digest: str

    @property
    def changed(self) -> tuple[Planned, ...]:
        """The terminals at which something would be another."""
        return tuple(row for row in self.rows if row.changes)


def members(by: Actor | None, chosen: Chosen) -> tuple[list[Member], bool]:
    """The terminals at work of a group, and whether there are more; raises RulesError NOT_ALLOWED."""
    rows = _run_by(by)
    if chosen.site:
        rows = rows.filter(site=storable(chosen.site))
    if chosen.organisation:
        rows = rows.filter(subtree(storable(chosen.organisation), "site__organisation__path"))
    found = [_member(row) for row in rows[: MOST_TOGETHER + 1]]
    return found[:MOST_TOGETHER], len(found) > MOST_TOGETHER


def plan_together(by: Actor | None, names: Collection[str], wanted: Wanted) -> Plan:
    """What would be another at each of these terminals.

    Raises SettingsError for no terminal, for too many, for one that is not run or not at work, and for keys
    or values that terminals refuse; RulesError NOT_ALLOWED.
    """
    check_takable(wanted.values)
    return _plan([_member(row) for row in _named(_run_by(by), names)], wanted)


def give_together(names: Collection[str], wanted: Wanted, signed: Signed, seen: str) -> list[str]:
    """Give each of these terminals what `plan_together` told, all or none; returns where something changed.

    `seen` is the digest of the plan that was looked at. Raises as `plan_together`, and SettingsError
    SETTINGS_MOVED where it would be another by now.
    """
    check_takable(wanted.values)
    with transaction.atomic():
        rows = _named(_run_by(signed.by).select_for_update(no_key=True, of=("self",)), names)
        plan = _plan([_member(row) for row in rows], wanted)
        if plan.digest != seen:
            raise SettingsError(CentreTrouble.SETTINGS_MOVED)
        of = {row.pk: row for row in rows}
        for planned in plan.changed:
            put_settings(of[planned.member.id], planned.after, signed)
    return [planned.member.id for planned in plan.changed]


def earlier_together(by: Actor | None, names: Collection[str]) -> list[AuditRecord]:
    """Who gave these terminals others and when, the latest first; raises RulesError NOT_ALLOWED."""
    reached = _run_by(by).filter(pk__in=names).values_list("pk", flat=True)
    rows = AuditRecord.objects.filter(kind=Kind.SETTINGS, subject__in=list(reached))
    return list(rows.select_related("values").order_by("-pk")[:_TOLD])


def _run_by(by: Actor | None) -> QuerySet[Terminal]:
    """The terminals at work that somebody runs, with all that is told of them."""
    reach: Reach = WHOLE
    if by is not None:
        check_may(by, Deed.RUN_TERMINALS)
        reach = reach_of(by)
    rows = Terminal.objects.filter(site__in=reach.run_sites(), revoked_ms=None)
    return rows.select_related("site", "status", "given_settings").order_by("id")


def _named(rows: QuerySet[Terminal], names: Collection[str]) -> list[Terminal]:
    wanted = {storable(name) for name in names}
    if not 0 < len(wanted) <= MOST_TOGETHER:
        raise SettingsError(CentreTrouble.GROUP_SIZE, count=len(wanted), most=MOST_TOGETHER)
    found = list(rows.filter(pk__in=wanted))
    lacking = sorted(wanted - {row.pk for row in found})
    if lacking:
        raise SettingsError(CentreTrouble.TERMINAL_UNKNOWN, terminal=lacking[0][:40])
    return found


def _member(row: Terminal) -> Member:
    status, given = getattr(row, "status", None), getattr(row, "given_settings", None)
    return Member(
        id=row.pk,
        site_name=row.site.name,
        values=dict(given.values) if given else {},
        given=given.version if given else None,
        runs=status.config if status else None,
    )


def _plan(group: list[Member], wanted: Wanted) -> Plan:
    after = [wanted.over(member.values) for member in group]
    rows = [
        Planned(member, values, changes(member.values, values))
        for member, values in zip(group, after, strict=True)
    ]
    said = [(row.member.id, row.member.given, row.member.values, row.after) for row in rows]
    digest = hashlib.sha256(msgspec.json.encode(said, order="deterministic")).hexdigest()
    return Plan(tuple(rows), digest)
