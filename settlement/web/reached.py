"""What an address names, of what is reached: anything beyond answers as what does not exist."""

from collections.abc import Collection

from django.db.models import QuerySet

from foundation.trouble import Trouble
from settlement.look_up import storable
from settlement.models import Activity, LedgerEntry, Organisation, Site, Terminal, Volunteer
from settlement.reach import Reach
from settlement.troubles import AccountTrouble, CentreTrouble, DecisionTrouble
from settlement.web.missing import NotHere

_BESIDE = ("activity__site", "volunteer", "review__account", "reopening", "held__review")


def activity_among(rows: QuerySet[Activity], name: str) -> Activity:
    """The activity of that id among those that are reached, with its site; raises NotHere."""
    found = rows.select_related("site").filter(pk=storable(name)).first()
    if found is None:
        raise NotHere(CentreTrouble.NO_ACTIVITY_HERE, activity=name[:40])
    return found


def site_among(rows: QuerySet[Site], code: str) -> Site:
    """The site of that code among those that are reached; raises NotHere."""
    found = rows.filter(pk=storable(code)).first()
    if found is None:
        raise NotHere(CentreTrouble.NO_SITE_HERE, site=code[:40])
    return found


def organisation_among(rows: QuerySet[Organisation], path: str) -> Organisation:
    """The organisation at that place among those that are reached; raises NotHere."""
    found = rows.filter(path=storable(path)).first()
    if found is None:
        raise NotHere.of(Trouble.of(DecisionTrouble.UNKNOWN_ORGANISATION, organisation=path[:40]))
    return found


def terminal_among(rows: QuerySet[Terminal], name: str) -> Terminal:
    """The terminal of that name among those that are reached, with its site; raises NotHere."""
    found = rows.select_related("site__organisation").filter(pk=storable(name)).first()
    if found is None:
        raise NotHere(CentreTrouble.NO_TERMINAL_HERE, terminal=name[:40])
    return found


def volunteer_among(rows: QuerySet[Volunteer], number: int) -> Volunteer:
    """The volunteer of that number among those that are reached; raises NotHere."""
    found = rows.filter(pk=number).first()
    if found is None:
        raise NotHere(CentreTrouble.NO_VOLUNTEER_HERE, number=number)
    return found


def check_entries(rows: QuerySet[LedgerEntry], numbers: Collection[int]) -> None:
    """Raise NotHere unless all of these entries are among those that are reached.

    What is not reached answers as what does not exist, so that nobody learns which numbers there are; the
    services tell the two apart.
    """
    wanted = set(numbers)
    missing = wanted.difference(rows.filter(pk__in=wanted).values_list("pk", flat=True))
    if missing:
        raise NotHere(CentreTrouble.NO_ENTRY_HERE, number=min(missing))


def entry_among(rows: QuerySet[LedgerEntry], number: int) -> LedgerEntry:
    """The entry of that number among those that are reached, with what it is about; raises NotHere."""
    found = rows.select_related(*_BESIDE).filter(pk=number).first()
    if found is None:
        raise NotHere(CentreTrouble.NO_ENTRY_HERE, number=number)
    return found


def check_branch(reach: Reach, path: str) -> None:
    """Raise NotHere for what is no organisation that is reached; "" is all that is."""
    if path and ("\0" in path or not reach.organisations().filter(path=path).exists()):
        raise NotHere.of(Trouble.of(AccountTrouble.OUT_OF_REACH, name=path[:40]))
