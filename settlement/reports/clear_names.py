"""Whose names an export of many people tells in clear, and to whom."""

from settlement.accounts.actor import Actor
from settlement.accounts.authority import Deed, may
from settlement.recognition.masking import masked_name
from settlement.reports.sources import Person


def shown_name(person: Person, by: Actor | None) -> str:
    """The name, in clear for who may certify hours to others; masked for everybody else."""
    return person.name if by is not None and may(by, Deed.CERTIFY) else masked_name(person.name)
