"""Where a page ended, as a text that a program hands back and need not understand.

A cursor is a place in an order, never a number of rows to skip: what comes or goes between two pages is
neither told twice nor left out. It grants nothing; each page is made within the caller's reach.
"""

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta

from foundation.errors import RulesError
from settlement.look_up import MOST_KEY
from settlement.troubles import ApiTrouble

Item = TypeVar("Item")
Place = TypeVar("Place", bound=tuple[Any, ...])


def written(place: tuple[Any, ...]) -> str:
    """The cursor of a place."""
    return base64.urlsafe_b64encode(msgspec.json.encode(place)).decode().rstrip("=")


def read(cursor: str, kind: type[Place]) -> Place | None:
    """The place of a cursor, None for the beginning; raises RulesError BAD_CURSOR for what is none."""
    if not cursor:
        return None
    try:
        text = base64.b64decode(cursor.encode() + b"=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        place: Place = msgspec.json.decode(text, type=kind)
    except (UnicodeEncodeError, binascii.Error, msgspec.DecodeError, ValueError) as error:
        raise RulesError(ApiTrouble.BAD_CURSOR) from error
    return place


def number_after(cursor: str) -> int:
    """The last number of the page before; 0 at the beginning."""
    place = read(cursor, tuple[Annotated[int, Meta(ge=0, le=MOST_KEY)]])
    return place[0] if place else 0


def page_among(
    items: Sequence[Item], place_of: Callable[[Item], Place], kind: type[Place], cursor: str, limit: int
) -> tuple[list[Item], str | None]:
    """The page of items that are all at hand, in the order of their places, and the next one's cursor."""
    after = read(cursor, kind)
    following = sorted((one for one in items if after is None or place_of(one) > after), key=place_of)
    shown = following[:limit]
    return shown, written(place_of(shown[-1])) if len(following) > limit else None
