"""In or out, accepted or refused, and why: a pure function of who, where they stand, and when."""

from dataclasses import dataclass
from enum import StrEnum

from msgspec import Struct

from foundation.refusal import Refusal, Why
from kiosk.credentials.identify import Identified
from kiosk.local_api.messages import Outcome
from kiosk.presence.forgotten_stay import is_over
from kiosk.presence.standing import Standing
from kiosk.roster.attendance import attended
from kiosk.roster.index import ActivityNow
from sync.contract.remote_settings import TerminalDirection
from sync.contract.roster import RosterPerson


@dataclass(frozen=True, slots=True)
class Policy:
    """How this terminal decides: what a scan means here; `out_of_order` refuses everybody.

    The numbers of the rules that it decides by come with the roster (`ActivityNow.policy`).
    """

    direction: TerminalDirection
    out_of_order: bool = False


class Remark(StrEnum):
    """What there is to say of an acceptance; said like a refusal, by `reason-…`."""

    CENTRE_DECIDES = "centre_decides"
    ON_BREAK = "on_break"


class Decision(Struct, frozen=True):
    """What becomes of a reading; `reason` is a refusal's code, or what there is to say of an acceptance.

    `since_ms` is the check-in that stands (UTC), `expected_at` the site to go to where this is the wrong one,
    `opens_ms` when to come back (UTC) where it is too early.
    """

    outcome: Outcome
    reason: Why | Remark = ""
    activity: str = ""
    since_ms: int | None = None
    expected_at: str = ""
    opens_ms: int | None = None

    @property
    def is_break(self) -> bool:
        """Whether somebody leaves who means to come back."""
        return self.reason == Remark.ON_BREAK


def decide(
    identified: Identified,
    person: RosterPerson | None,
    standing: Standing | None,
    spent: bool,  # noqa: FBT001 - a fact beside the others
    activity_now: ActivityNow,
    policy: Policy,
    now_ms: int,
    *,
    others_unheard: bool = False,
    away_ms: int | None = None,
    seen_coming: bool = True,
) -> Decision:
    """Decide on a reading of `now_ms` (UTC).

    `person` is the roster's entry of the identified volunteer, `standing` where they stand at this site, by
    the clock that tells `now_ms`, `spent` whether a one-use code was already used, `others_unheard` whether
    other terminals may have seen them leave. `away_ms`: how long ago a camera last saw what they show, if
    that served them; `seen_coming` is False where it may have been in view before the camera saw anything.
    """
    if policy.out_of_order:
        return _refused(Refusal.OUT_OF_ORDER)
    refused = _refuse_person(identified, person)
    if refused:
        return refused
    activity = attended(identified.volunteer, standing, activity_now, now_ms)
    if activity is None:
        return _refuse_until(activity_now.opens_ms)
    if identified.asks_code:
        return Decision(Outcome.CODE_SENT, activity=activity.id)
    since_ms = None
    if standing and not is_over(standing, activity, activity_now.zone, activity_now.policy, now_ms):
        since_ms = standing.since_ms
    is_in = since_ms is not None
    by_turns = policy.direction in (TerminalDirection.TOGGLE, TerminalDirection.BREAK)
    goes_in = policy.direction is TerminalDirection.IN or (by_turns and not is_in)
    # In another boot the clock may have been ahead: a scan far in the future is no repetition either.
    apart_ms = abs(now_ms - standing.last_ms) if standing else 0
    apart_ms = apart_ms if away_ms is None else min(apart_ms, away_ms)
    # Whoever stood there as the camera was opened is let in, and not out without having moved.
    apart_ms = apart_ms if seen_coming or not is_in else 0
    # A toggle right after a scan is the same scan; an explicit opposite direction is meant.
    may_repeat = by_turns or goes_in == is_in
    own_s = activity.debounce_s
    repeats_within_ms = (activity_now.policy.debounce_s if own_s is None else own_s) * 1000
    if standing and standing.concerns(activity.id) and may_repeat and apart_ms < repeats_within_ms:
        return _already(Refusal.DEBOUNCE, activity.id, standing)
    if identified.one_use and spent:
        return _refused(Refusal.CODE_USED)
    if goes_in and is_in and standing and not others_unheard:
        return _already(Refusal.ALREADY_IN, activity.id, standing)
    outcome = Outcome.ACCEPTED_IN if goes_in else Outcome.ACCEPTED_OUT
    remark: Remark | Why = Remark.CENTRE_DECIDES if activity_now.is_presumed else ""
    if policy.direction is TerminalDirection.BREAK and not goes_in:
        remark = Remark.ON_BREAK
    return Decision(outcome, remark, activity.id, now_ms if goes_in else since_ms)


def _refuse_person(identified: Identified, person: RosterPerson | None) -> Decision | None:
    """Why whoever presents this may not attend here at any time, or None."""
    if identified.reason:
        return _refused(identified.reason)
    if person is None:
        return _refused(Refusal.NOT_ON_ROSTER)
    if person.suspended:
        return _refused(Refusal.SUSPENDED_CREDENTIAL)
    if person.expected_at:
        return Decision(Outcome.REFUSED, Refusal.WRONG_SITE, expected_at=person.expected_at)
    return None


def _refuse_until(opens_ms: int | None) -> Decision:
    if opens_ms is None:
        return _refused(Refusal.ACTIVITY_NOT_EXECUTING)
    return Decision(Outcome.REFUSED, Refusal.NOT_YET_OPEN, opens_ms=opens_ms)


def _already(reason: Refusal, activity: str, standing: Standing) -> Decision:
    if standing.since_ms is None:
        return Decision(Outcome.ALREADY_OUT, reason, activity)
    return Decision(Outcome.ALREADY_IN, reason, activity, standing.since_ms)


def _refused(reason: Refusal) -> Decision:
    return Decision(Outcome.REFUSED, reason)
