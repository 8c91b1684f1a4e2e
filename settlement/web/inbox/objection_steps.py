"""Saying who does what about an objection, how many could, and who is missing."""

from msgspec import Struct

from foundation.words import Words
from settlement.models import Dispute
from settlement.reach import Reach
from settlement.records.objection_steps import people_for


class StepTold(Struct, frozen=True):
    """A step in words; `is_open` where somebody is there to do it."""

    text: str
    is_open: bool


class StepsTold(Struct, frozen=True):
    """The steps in their order, who decided before, and which person is missing; empty where none is."""

    steps: tuple[StepTold, ...]
    decided: str
    missing: str


def steps_told(dispute: Dispute, reach: Reach, words: Words) -> StepsTold:
    """What the page of an objection says of the people that it needs."""
    people = people_for(dispute, reach)
    names = ", ".join(people.decided)
    return StepsTold(
        tuple(
            StepTold(words.say(f"objection-step_{step}", able=str(able)), bool(able))
            for step, able in people.able.items()
        ),
        words.say("objection-decided", names=names) if names else "",
        words.say(f"objection-missing_{people.missing}") if people.missing else "",
    )
