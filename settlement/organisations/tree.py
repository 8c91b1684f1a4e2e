"""The tree of organisations: paths of four digits a level, so that a subtree is one range of an index.

A range of an index and not `startswith`: that scans the whole table on SQLite.
"""

import re

from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Length

from foundation.errors import RulesError
from foundation.trouble import Trouble
from settlement.models import Organisation
from settlement.troubles import DecisionTrouble

DIGITS = 4
"""Of each level's number; all nines are never given out, so that every subtree has a next path."""
DEEPEST = 8
"""Levels below the top, that included: the centre, districts, sub-districts, teams, and room to spare."""
LONGEST_NAME = 120
LONGEST_IN_CHARGE = 40


def add_organisation(name: str, *, parent: Organisation | None = None, issuer: str = "") -> Organisation:
    """Enter an organisation below `parent`, or at the top; `issuer` are the six digits of its certificates.

    Raises RulesError: ORGANISATION_WITHOUT_NAME, INVALID_ISSUER, TREE_FULL.
    """
    _check_name(name)
    _check_issuer(issuer)
    with transaction.atomic():
        return Organisation.objects.create(path=place_below(parent), name=name.strip(), issuer=issuer)


def place_below(parent: Organisation | None) -> str:
    """The next free place below an organisation, or at the top; nobody else takes it in this transaction.

    Raises RulesError TREE_FULL.
    """
    rows = Organisation.objects.select_for_update(no_key=True)
    # Two who add below the same organisation take turns, or both would take the same number.
    path = rows.get(pk=parent.pk).path if parent else ""
    if parent is None:
        rows.order_by("path").first()
    return _next_path(path, children_of(path).values_list("path", flat=True))


def check_organisation(path: str, name: str, issuer: str = "", in_charge: str = "") -> None:
    """Whether an organisation may stand so at a place of the tree, where the one above it stands.

    Raises RulesError: INVALID_PATH, ORGANISATION_WITHOUT_NAME, ENTERED_TOO_LONG, INVALID_ISSUER,
    ISSUER_TAKEN.
    """
    levels = [path[end - DIGITS : end] for end in range(DIGITS, len(path) + 1, DIGITS)]
    nowhere = {"0" * DIGITS, "9" * DIGITS}
    if not re.fullmatch(f"([0-9]{{{DIGITS}}}){{1,{DEEPEST}}}", path) or nowhere.intersection(levels):
        raise RulesError(DecisionTrouble.INVALID_PATH, path=path, digits=DIGITS)
    _check_name(name)
    check_length("in_charge", in_charge, LONGEST_IN_CHARGE)
    _check_issuer(issuer, path)


def subtree(path: str, field: str = "path") -> Q:
    """The condition that `field` holds this path or one below it."""
    return Q(**{f"{field}__gte": path, f"{field}__lt": end_of_subtree(path)})


def end_of_subtree(path: str) -> str:
    """The first path, in the order of text, that lies behind the whole subtree of `path`."""
    return f"{int(path) + 1:0{len(path)}d}"


def is_within(path: str, above: str) -> bool:
    """Whether `path` is that organisation or lies below it."""
    return path.startswith(above)


def children_of(path: str) -> QuerySet[Organisation]:
    """The organisations directly below a path; those at the top for an empty one."""
    below = Organisation.objects.filter(subtree(path)) if path else Organisation.objects.all()
    return below.alias(length=Length("path")).filter(length=len(path) + DIGITS).order_by("path")


def line_above(path: str) -> list[str]:
    """The paths from the top down to `path`, that included."""
    return [path[:end] for end in range(DIGITS, len(path) + 1, DIGITS)]


def _next_path(above: str, taken: QuerySet[Organisation, str]) -> str:
    last = max(taken, default=above + "0" * DIGITS)
    number = int(last[-DIGITS:]) + 1
    if number >= 10**DIGITS - 1 or len(above) >= DIGITS * DEEPEST:
        raise RulesError(DecisionTrouble.TREE_FULL)
    return f"{above}{number:0{DIGITS}d}"


def check_length(field: str, text: str, most: int) -> None:
    """Raise RulesError ENTERED_TOO_LONG for what does not fit; `field` is an `entered-…` of the catalogs."""
    length = len(text.strip())
    if length > most:
        raise RulesError(
            DecisionTrouble.ENTERED_TOO_LONG, field=Trouble.term("entered", field), length=length, most=most
        )


def _check_name(name: str) -> None:
    if not name.strip():
        raise RulesError(DecisionTrouble.ORGANISATION_WITHOUT_NAME)
    check_length("name", name, LONGEST_NAME)


def _check_issuer(issuer: str, own_path: str = "") -> None:
    if issuer and not re.fullmatch("[0-9]{6}", issuer):
        raise RulesError(DecisionTrouble.INVALID_ISSUER, issuer=issuer)
    if issuer and Organisation.objects.filter(issuer=issuer).exclude(path=own_path).exists():
        raise RulesError(DecisionTrouble.ISSUER_TAKEN, issuer=issuer)
