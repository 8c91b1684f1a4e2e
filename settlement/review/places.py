"""What a filter of the review can name: sites, organisations and terminals in reach."""

from msgspec import Struct

from settlement.database.one_statement import read_together
from settlement.reach import Reach


class Places(Struct, frozen=True):
    """Each by the name that an address has for it, and what people call it."""

    sites: tuple[tuple[str, str], ...]
    organisations: tuple[tuple[str, str], ...]
    terminals: tuple[tuple[str, str], ...]


def places_in(reach: Reach) -> Places:
    """The sites, organisations and terminals in reach, each in the order of its names."""
    found = read_together(
        (reach.sites(), ("code", "name")),
        (reach.organisations(), ("path", "name")),
        (reach.terminals(), ("id", "site__name")),
    )
    return Places(*(tuple(sorted((code, name) for code, name in rows)) for rows in found))
