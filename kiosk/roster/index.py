"""The roster as the engine asks it: by reference, by volunteer, by moment."""

import sys
from dataclasses import dataclass

from msgspec import Struct

from foundation.attendance import AttendancePolicy
from kiosk.presence import longest_stay
from kiosk.roster.name_search import NameSearch
from sync.contract import badge
from sync.contract.badge import Badge, Form
from sync.contract.events import (
    Assurance,
    CheckIn,
    CheckOut,
    Claim,
    Correction,
    Credential,
    Event,
    Manual,
    Method,
    is_walk_in,
)
from sync.contract.roster import Phase, Roster, RosterActivity, RosterCredential, RosterPerson, RosterStaff
from sync.contract.signing import VerifyKey

NO_VERSION = 0
"""The version of what stands in while there is no roster; a real one begins at 1."""
_SHOWN_AS = {
    Form.PRINTED: (Method.BADGE, Assurance.MEDIUM),
    Form.PHONE: (Method.PHONE, Assurance.HIGH),
}
_GENUINE_KEPT = 50_000
"""About 40 MB; beyond it, the short-lived codes of months would pile up."""


class Expecting(Struct, frozen=True):
    """An activity and the numbers of those whom it expects; None where everybody may come."""

    activity: RosterActivity
    volunteers: frozenset[str] | None


class ActivityNow(Struct, frozen=True):
    """What attendance can be recorded for at a moment, and by which numbers of the centre's rules.

    `activity` is the one that executes; without one, `opens_ms` is when the next begins (UTC), if any. `zone`
    is the site's, in which a new day begins. `choice` holds all that execute, where it depends on the person.
    `is_presumed` leaves it to the centre whether it was this one.
    """

    activity: RosterActivity | None
    opens_ms: int | None = None
    zone: str = "UTC"
    policy: AttendancePolicy = AttendancePolicy()
    is_presumed: bool = False
    choice: tuple[Expecting, ...] = ()

    def activity_for(self, volunteer: str | None) -> RosterActivity | None:
        """What this volunteer attends: what lists them, else what everybody may come to, else `activity`.

        Whom none expects is recorded all the same: the centre counts it, with a remark (NOT_ASSIGNED).
        """
        for_everybody = None
        for one in self.choice:
            if one.volunteers is None:
                for_everybody = for_everybody or one.activity
            elif volunteer in one.volunteers:
                return one.activity
        return for_everybody or self.activity


class GenuineBadge(Struct, frozen=True):
    """A badge that an issuer signed, and all that this roster says of it."""

    badge: Badge
    credential: Credential
    volunteer: str
    ends_ms: int | None
    is_revoked: bool


@dataclass(frozen=True, slots=True)
class _Between:
    """What holds between two changes of phases (UTC milliseconds, [from, until)), where `preferred` is."""

    from_ms: int
    until_ms: int
    preferred: str
    now: ActivityNow


class RosterIndex:
    """Look-ups in one roster, each a dictionary access."""

    def __init__(self, roster: Roster) -> None:
        self.roster = roster
        self.is_missing = roster.version == NO_VERSION
        """Whether there is no roster yet, and a bare one stands in for it (`provisioning.bare_roster`)."""
        self.policy = roster.policy or AttendancePolicy()
        """By which numbers attendance is decided on: the defaults where a centre tells none."""
        self.issuers = [VerifyKey.from_hex(issuer) for issuer in roster.issuers]
        self._people = {person.volunteer: person for person in roster.people}
        self._credentials = {credential.ref: credential for credential in roster.credentials}
        self._revoked = frozenset(roster.revoked)
        self._staff = {one.staff: one for one in roster.staff}
        self._activities = {one.id: one for one in roster.activities}
        self._expecting = [
            Expecting(one, None if one.assigned is None else frozenset(one.assigned))
            for one in roster.activities
        ]
        self.one_use_methods = frozenset(
            {Method.SMS_CODE, *(one.method for one in roster.credentials if one.one_use)}
        )
        self._between: _Between | None = None
        self._names: NameSearch | None = None
        self._genuine: dict[str, GenuineBadge] = {}

    def person(self, volunteer: str) -> RosterPerson | None:
        """The volunteer as the site may show them, or None when the roster doesn't name them.

        While there is no roster, everybody may come; nobody's name is known.
        """
        return RosterPerson(volunteer, "") if self.is_missing else self._people.get(volunteer)

    def credential(self, ref: str) -> RosterCredential | None:
        """Whose card, telephone or code this reference is."""
        return self._credentials.get(ref)

    def names(self, ref: str) -> bool:
        """Whether the centre knows this reference, in force or taken back."""
        return ref in self._credentials or ref in self._revoked

    def staff(self, reference: str) -> RosterStaff | None:
        """The staff member of this reference, or None when the roster names nobody so."""
        return self._staff.get(reference)

    def search(self, text: str, most: int) -> list[RosterPerson]:
        """At most `most` people whose number begins with `text`, or who are called so (`NameSearch`)."""
        return self.name_search.find(text, most)

    @property
    def name_search(self) -> NameSearch:
        """Made when it is first asked for, which takes a moment where the roster is long."""
        if self._names is None:
            self._names = NameSearch(self.roster.people)
        return self._names

    def methods_of(self, volunteer: str) -> set[Method]:
        """The kinds of the cards, telephones and codes that stand for this volunteer."""
        held = {one.method for one in self.roster.credentials if one.volunteer == volunteer}
        return held - {Method.MANUAL}

    @property
    def walk_ins(self) -> dict[str, str]:
        """Whose the references of walk-ins are by now, as far as the centre said it."""
        found = self.roster.credentials
        return {one.ref: one.volunteer for one in found if is_walk_in(one.ref)}

    def badges_revoked(self, volunteer: str) -> int:
        """How many badges of this volunteer the centre took back."""
        return sum(one.startswith(f"badge:{volunteer}.") for one in self._revoked)

    def is_revoked(self, ref: str) -> bool:
        """Whether the centre took this credential back."""
        return ref in self._revoked

    def genuine_badge(self, text: str) -> GenuineBadge:
        """The badge of a token that an issuer signed; raises CredentialError for any other.

        Most tokens come again, to go home for example: what was found genuine is known again.
        """
        known = self._genuine.get(text)
        if known is None:
            known = self._describe(badge.verify(text, self.issuers))
            if len(self._genuine) >= _GENUINE_KEPT:
                self._genuine.clear()
            self._genuine[text] = known
        return known

    def _describe(self, shown: Badge) -> GenuineBadge:
        reference = shown.reference
        method, assurance = _SHOWN_AS[shown.form]
        credential = Credential(method, reference, assurance)
        return GenuineBadge(
            shown, credential, str(shown.volunteer), shown.ends_ms, self.is_revoked(reference)
        )

    def volunteer_of(self, ref: str) -> str | None:
        """The volunteer that an event's reference stands for; badges, phones and codes name it."""
        if ref.startswith(("badge:", "phone:", "code:")):
            return ref.partition(":")[2].partition(".")[0]
        credential = self._credentials.get(ref)
        return credential.volunteer if credential else None

    def volunteer_in(self, event: Event) -> str | None:
        """Whom an event of the log is about; None for an event about nobody, or somebody unknown."""
        match event:
            case Manual() if event.walk_in:
                return self.volunteer_of(event.walk_in) or event.walk_in
            case Manual() | Correction(credential=None):
                return event.volunteer
            case Correction() if event.credential and is_walk_in(event.credential.ref):
                return self.volunteer_of(event.credential.ref) or event.credential.ref
            case CheckIn() | CheckOut() | Claim() | Correction() if event.credential:
                return self.volunteer_of(event.credential.ref)
        return None

    def activity(self, name: str) -> RosterActivity | None:
        """The activity of this id, whatever its phase."""
        return self._activities.get(name)

    def is_too_long(self, activity: str, came_ms: int, at_ms: int) -> bool:
        """Whether a stay for this activity that began at `came_ms` can't go on at `at_ms` (S5)."""
        return longest_stay.is_too_long(came_ms, at_ms, self.activity(activity), self.policy)

    def activity_now(self, wall_ms: int, preferred: str = "") -> ActivityNow:
        """What executes at `wall_ms`: `preferred` if it does, else all that do, the roster's first ahead."""
        known = self._between
        if known is None or not known.from_ms <= wall_ms < known.until_ms or known.preferred != preferred:
            known = self._between = self._look_between(wall_ms, preferred)
        return known.now

    def _look_between(self, wall_ms: int, preferred: str) -> "_Between":
        """What holds at `wall_ms`, from the last change of any phase until the next."""
        changes = [change.from_ms for activity in self.roster.activities for change in activity.phases]
        return _Between(
            max((one for one in changes if one <= wall_ms), default=-sys.maxsize),
            min((one for one in changes if one > wall_ms), default=sys.maxsize),
            preferred,
            self._look_at(wall_ms, preferred),
        )

    def _look_at(self, wall_ms: int, preferred: str) -> ActivityNow:
        executing = [one for one in self._expecting if phase_at(one.activity, wall_ms) is Phase.EXECUTING]
        executing = [one for one in executing if one.activity.id == preferred] or executing
        if executing:
            choice = tuple(executing) if len(executing) > 1 else ()
            return ActivityNow(
                executing[0].activity,
                zone=self.roster.zone,
                policy=self.policy,
                is_presumed=self.is_missing,
                choice=choice,
            )
        openings = [
            change.from_ms
            for activity in self.roster.activities
            for change in activity.phases
            if change.phase is Phase.EXECUTING and change.from_ms > wall_ms
        ]
        return ActivityNow(None, min(openings, default=None))


def phase_at(activity: RosterActivity, wall_ms: int) -> Phase | None:
    """The activity's phase at `wall_ms`: intervals are [from, next)."""
    current = None
    for change in activity.phases:
        if change.from_ms <= wall_ms:
            current = change.phase
    return current
