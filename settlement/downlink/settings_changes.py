"""What another set of settings would change at a terminal, and what was changed before."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from settlement.accounts.actor import Actor
from settlement.accounts.audit import Kind, records_of
from settlement.accounts.authority import Deed
from settlement.models import AuditRecord, GivenSettings, Terminal
from settlement.reach import check_runs

_TOLD = 20


class SettingChange(Struct, frozen=True):
    """One setting that would be another; None: left to the terminal's own file."""

    key: str
    before: Any
    after: Any


def given_settings(by: Actor | None, terminal: Terminal) -> dict[str, Any]:
    """What the centre gives a terminal now; raises RulesError NOT_ALLOWED, OUT_OF_REACH."""
    check_runs(by, Deed.RUN_TERMINALS, terminal.site)
    found = GivenSettings.objects.filter(terminal=terminal).first()
    return dict(found.values) if found else {}


def earlier_settings(by: Actor | None, terminal: Terminal) -> list[AuditRecord]:
    """Who gave it others and when, the latest first; raises RulesError NOT_ALLOWED, OUT_OF_REACH."""
    check_runs(by, Deed.RUN_TERMINALS, terminal.site)
    return list(records_of(Kind.SETTINGS, terminal.pk).select_related("values")[:_TOLD])


def changes(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> list[SettingChange]:
    """What differs, by key; pure."""
    old, new = before or {}, after or {}
    return [
        SettingChange(key, old.get(key), new.get(key))
        for key in sorted({*old, *new})
        if (key in old, old.get(key)) != (key in new, new.get(key))
    ]
