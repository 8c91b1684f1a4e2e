"""What may be done with an organisation: the service that does it, and what would be before and after."""

from collections.abc import Callable, Mapping
from typing import Final

from msgspec import Struct

from foundation.errors import RulesError
from foundation.words import Words
from settlement.accounts.actor import Actor
from settlement.accounts.audit import Signed
from settlement.look_up import organisation_at, storable
from settlement.master_data.organisations import end_organisation, enter_organisation, move_organisation
from settlement.models import Organisation
from settlement.reach import Reach
from settlement.signatures import reason_given
from settlement.troubles import DecisionTrouble

Change = tuple[str, str, str]
"""What would be another, before and after."""


class Asked(Struct, frozen=True):
    """Which organisation, what the form says, and who asks, when (UTC milliseconds)."""

    one: Organisation
    form: Mapping[str, str]
    by: Actor
    reach: Reach
    now_ms: int

    def said(self, name: str) -> str:
        """What the form says there."""
        return storable(self.form.get(name, "")).strip()

    @property
    def signed(self) -> Signed:
        """Who changes it and why; raises RulesError NO_REASON."""
        return Signed(self.by, self.now_ms, reason_given(self.form.get("reason", "")))

    @property
    def under(self) -> Organisation | None:
        """Where it is moved, None for the top; what is not reached is told as what does not exist."""
        if not self.said("under"):
            return None
        found = self.reach.organisations().filter(path=self.said("under")).first()
        if found is None:
            raise RulesError(DecisionTrouble.UNKNOWN_ORGANISATION, organisation=self.said("under")[:40])
        return found


class Deed(Struct, frozen=True):
    """`fields` are what its form asks for besides the reason; `do` gives what is there then, if anything."""

    fields: tuple[str, ...]
    preview: Callable[[Asked, Words], list[Change]]
    do: Callable[[Asked], Organisation | None]


def _corrections(asked: Asked, words: Words) -> list[Change]:
    pairs = [(field, getattr(asked.one, field), asked.said(field)) for field in _CORRECTED]
    return [
        (words.code("entered", field), before or "–", after or "–")
        for field, before, after in pairs
        if before != after
    ]


def _correct(asked: Asked) -> Organisation:
    name, issuer, in_charge = (asked.said(field) for field in _CORRECTED)
    return enter_organisation(asked.one.path, name, asked.signed, issuer, in_charge)


def _way(asked: Asked, words: Words) -> list[Change]:
    above = asked.one.path[:-4]
    before = organisation_at(above).name if asked.reach.organisations().filter(path=above).exists() else "–"
    after = asked.under.name if asked.under else words.say("page-organisation_top")
    return [(words.code("entered", "under"), before, after)]


def _move(asked: Asked) -> Organisation:
    return move_organisation(asked.one, asked.under, asked.signed)


def _ending(asked: Asked, words: Words) -> list[Change]:
    return [(words.code("entered", "name"), asked.one.name, "–")]


def _end(asked: Asked) -> None:
    end_organisation(asked.one, asked.signed)


_CORRECTED = ("name", "issuer", "in_charge")
DEEDS: Final = {
    "correct": Deed(_CORRECTED, _corrections, _correct),
    "move": Deed(("under",), _way, _move),
    "end": Deed((), _ending, _end),
}
"""By the word in the address; `organisation_act-…` in the catalogs."""
