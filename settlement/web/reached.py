"""What an address names, of what is reached: anything beyond answers as what does not exist."""

from django.db.models import QuerySet

from foundation.trouble import Trouble
from settlement.look_up import storable
from settlement.models import Activity, LedgerEntry, Site
from settlement.reach import Reach
from settlement.troubles import AccountTrouble, CentreTrouble
from settlement.web.missing import NotHere


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


def entry_among(rows: QuerySet[LedgerEntry], number: int) -> LedgerEntry:
    """The entry of that number among those that are reached, with what it is about; raises NotHere."""
    found = rows.select_related("activity__site", "volunteer").filter(pk=number).first()
    if found is None:
        raise NotHere(CentreTrouble.NO_ENTRY_HERE, number=number)
    return found


def check_branch(reach: Reach, path: str) -> None:
    """Raise NotHere for what is no organisation that is reached; "" is all that is."""
    if path and ("\0" in path or not reach.organisations().filter(path=path).exists()):
        raise NotHere.of(Trouble.of(AccountTrouble.OUT_OF_REACH, name=path[:40]))
