"""A file of sites, organisations and activities: entered as a whole, or not at all.

TOML with any number of tables `[[site]]`, `[[organisation]]` and `[[activity]]`. Whatever is entered already
is corrected. Times are local to the activity's site unless they have an offset.
"""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

from django.db import transaction
from msgspec import Struct, structs

from foundation.errors import RulesError, SettingsError
from foundation.settings import read_toml
from foundation.trouble import Trouble
from settlement.accounts.audit import Signed
from settlement.local_times import moment_ms
from settlement.look_up import site_coded
from settlement.master_data.activities import (
    ActivityDescription,
    ActivityValues,
    Interval,
    enter_activity,
    takes_no_breaks,
)
from settlement.master_data.organisations import enter_organisation
from settlement.master_data.sites import enter_site
from settlement.rules.evidence import Phase
from settlement.troubles import CentreTrouble


class SiteTable(Struct, frozen=True, forbid_unknown_fields=True):
    """A site; `zone` is an IANA zone, `organisation` the path of who runs it."""

    code: str
    name: str
    zone: str
    language: str = "en"
    organisation: str = ""


class OrganisationTable(Struct, frozen=True, forbid_unknown_fields=True):
    """An organisation at its place in the tree; `issuer` are the six digits of its certificates, `in_charge`
    who answers for what it records and stands on them.
    """

    path: str
    name: str
    issuer: str = ""
    in_charge: str = ""


class ActivityTable(ActivityDescription, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An activity with its times as people write them; a phase is its name and its beginning."""

    phases: tuple[tuple[Phase, dt.datetime], ...] = ()
    shifts: tuple[tuple[dt.datetime, dt.datetime], ...] = ()
    breaks: tuple[tuple[dt.datetime, dt.datetime], ...] = ()


class MasterFile(Struct, frozen=True, forbid_unknown_fields=True):
    """What the file holds, in the order in which it is entered."""

    site: tuple[SiteTable, ...] = ()
    organisation: tuple[OrganisationTable, ...] = ()
    activity: tuple[ActivityTable, ...] = ()


class Entered(Struct, frozen=True):
    """How much was entered or corrected; nothing at all where there are `faults`.

    `notices` are what somebody may not have meant, although it was entered.
    """

    count: int
    faults: tuple[Trouble, ...] = ()
    notices: tuple[Trouble, ...] = ()


def read_master_file(path: Path) -> MasterFile:
    """Read a file; raises SettingsError naming the key that is wrong."""
    try:
        return read_toml(path, MasterFile)
    except SettingsError as error:
        raise SettingsError(CentreTrouble.NOTHING_ENTERED, why=error.trouble) from error


def enter_master_file(content: MasterFile, signed: Signed) -> Entered:
    """Enter sites, organisations and activities; every wrong one is told, and then nothing is written."""
    steps: list[tuple[Trouble, Callable[[], object]]] = []
    steps += [
        (_table("organisation", each.path), _of_organisation(each, signed)) for each in content.organisation
    ]
    steps += [(_table("site", each.code), _of_site(each, signed)) for each in content.site]
    steps += [(_table("activity", each.id), _of_activity(each, signed)) for each in content.activity]
    faults: list[Trouble] = []
    with transaction.atomic():
        for place, enter in steps:
            try:
                with transaction.atomic():
                    enter()
            except RulesError as error:
                faults.append(Trouble.term("place", "trouble", place=place, why=error.trouble))
        if faults:
            transaction.set_rollback(True)
    if faults:
        return Entered(0, tuple(faults))
    notices = [
        Trouble.term(
            "place", "fault", place=_table("activity", each.id), why=Trouble.term("unused", "breaks")
        )
        for each in content.activity
        if takes_no_breaks(_values(each), signed.now_ms)
    ]
    return Entered(len(steps), notices=tuple(notices))


def _table(kind: str, name: str) -> Trouble:
    return Trouble.term("place", kind, name=name)


def _of_site(table: SiteTable, signed: Signed) -> Callable[[], object]:
    return lambda: enter_site(
        table.code,
        signed,
        name=table.name,
        zone=table.zone,
        language=table.language,
        organisation=table.organisation,
    )


def _of_organisation(table: OrganisationTable, signed: Signed) -> Callable[[], object]:
    return lambda: enter_organisation(table.path, table.name, signed, table.issuer, table.in_charge)


def _of_activity(table: ActivityTable, signed: Signed) -> Callable[[], object]:
    return lambda: enter_activity(_values(table), signed)


def _values(table: ActivityTable) -> ActivityValues:
    zone = site_coded(table.site).zone
    times = {
        "phases": tuple((phase, moment_ms(begins, zone)) for phase, begins in table.phases),
        "shifts": _intervals(table.shifts, zone),
        "breaks": _intervals(table.breaks, zone),
    }
    return ActivityValues(**(structs.asdict(table) | times))


def _intervals(written: tuple[tuple[dt.datetime, dt.datetime], ...], zone: str) -> tuple[Interval, ...]:
    return tuple((moment_ms(low, zone), moment_ms(high, zone)) for low, high in written)
