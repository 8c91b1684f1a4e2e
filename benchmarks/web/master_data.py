"""Who is entered at the measured centre: organisations, sites, terminals, activities, volunteers."""

from functools import cache

from django.db import connection
from web.filling import run, told
from web.sizes import Size

from settlement.models import Volunteer
from settlement.name_keys import keys_of

BLOCKS = 28
"""Spans of twenty days, the newest first: each activity runs in one, those of the first also today."""
BUSY = 10
"""Activities that run today at the first site, which is the busy one."""


def grid_of(size: Size) -> int:
    """How many activities are spread over all sites and times; the others belong to the busy site."""
    return (size.activities - BUSY - 6) // BLOCKS * BLOCKS


def enter(size: Size, now_ms: int, midnight_ms: int, account: int) -> None:
    """All of it, by SQL."""
    values = {
        "volunteers": size.volunteers, "sites": size.sites, "activities": size.activities, "blocks": BLOCKS,
        "organisations": size.organisations, "grid": grid_of(size), "busy": BUSY, "epochs": size.epochs,
        "audit": size.audit, "now_ms": now_ms, "midnight_ms": midnight_ms, "account": account,
    }  # fmt: skip
    for part in ("places", "activities", "people"):
        with told(part):
            run(part, **values)
    with told("name keys"):
        _enter_name_keys()


def _enter_name_keys() -> None:
    """The keys by which the volunteers are found, as whoever stores a name makes them."""
    keys = cache(keys_of)
    people = list(Volunteer.objects.values_list("number", "display_name").order_by("number"))
    with (
        connection.cursor() as cursor,
        cursor.copy("COPY settlement_namekey (volunteer_id, key) FROM STDIN") as rows,
    ):
        for number, name in people:
            for key in sorted(keys(name)):
                rows.write_row((number, key))
