"""Explaining lines to somebody: whom it concerns or whoever may read of them there; and the look is noted."""

import datetime as dt

from settlement.accounts.actor import Actor
from settlement.accounts.audit import Action, Kind, Signed, note
from settlement.accounts.authority import Deed
from settlement.explain.explanation import Explanation, explain_lines
from settlement.explain.sentences import Teller
from settlement.look_up import activity_called
from settlement.reach import check_entitled


def explain_to(
    by: Actor, volunteer: int, activity: str, teller: Teller, day: dt.date | None, now_ms: int
) -> list[Explanation]:
    """The lines as `explain_lines` tells them, to the volunteer or to whoever reads of people there.

    Raises RulesError as `explain_lines` does, NOT_ALLOWED and OUT_OF_REACH.
    """
    check_entitled(by, Deed.READ_PEOPLE, activity_called(activity), owner=volunteer)
    found = explain_lines(volunteer, activity, teller, day)
    note(Action.LOOK, Kind.RECORD, f"{activity}/{volunteer}", Signed(by, now_ms))
    return found
