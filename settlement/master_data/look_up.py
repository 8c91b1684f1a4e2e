"""Finding what is entered by the name that people give it, or saying that it is not."""

from typing import TypeVar

from django.db.models import Model, QuerySet

from muster.errors import RulesError
from settlement.models import Activity, Organisation, Site, Volunteer

Row = TypeVar("Row", bound=Model)


def volunteer_numbered(number: int) -> Volunteer:
    """The volunteer with that number; raises RulesError UNKNOWN_VOLUNTEER."""
    return _first(Volunteer.objects.filter(number=number), f"volunteer {number}")


def activity_called(name: str) -> Activity:
    """The activity with that id; raises RulesError UNKNOWN_ACTIVITY."""
    return _first(Activity.objects.filter(id=_storable(name)), f"activity {name!r}")


def organisation_at(path: str) -> Organisation:
    """The organisation at that place of the tree; raises RulesError UNKNOWN_ORGANISATION."""
    return _first(Organisation.objects.filter(path=_storable(path)), f"organisation {path!r}")


def site_coded(code: str) -> Site:
    """The site with that code; raises RulesError UNKNOWN_SITE."""
    return _first(Site.objects.filter(code=_storable(code)), f"site {code!r}")


def _first(rows: QuerySet[Row], what: str) -> Row:
    found = rows.first()
    if found is None:
        kind = what.partition(" ")[0]
        raise RulesError(
            f"UNKNOWN_{kind.upper()}",
            f"There is no {what}.",
            remedy=f"Enter the {kind} first.",
        )
    return found


def _storable(text: str) -> str:
    """The text without the one character that PostgreSQL refuses to compare."""
    return text.replace("\0", "")
