"""The roster of a terminal, built from the database."""

from collections.abc import Collection

from django.db.models import Exists, OuterRef, Q, QuerySet

from foundation.errors import SettingsError
from settlement.downlink.day_totals import DayTotals, Total
from settlement.downlink.roster_credit import credit_of
from settlement.evidence.judge import volunteer_of_token
from settlement.evidence.walk_in_keys import current_key
from settlement.look_up import fixed_by, has_been_archived
from settlement.merged_numbers import MergedNumbers, merged_numbers
from settlement.models import Activity, Assignment, Credential, Site, StaffMember, Terminal, Volunteer, WalkIn
from settlement.name_keys import read_in_latin
from settlement.rule_book import rules_at
from settlement.rules.rule_set import MissingOutPolicy, RuleSet, policy_of
from settlement.settings import CentreSettings
from settlement.troubles import CentreTrouble
from sync.contract.events import Assurance, Method
from sync.contract.roster import (
    Phase,
    PhaseChange,
    Roster,
    RosterActivity,
    RosterCredential,
    RosterPerson,
    RosterShift,
    RosterStaff,
    StaffRole,
)

_WALK_INS_TOLD_MS = 3 * 86_400_000


def compose_roster(
    terminal_id: str, version: int, settings: CentreSettings, now_ms: int, totals: DayTotals | None = None
) -> Roster:
    """What the terminal must know now: its site's activities until they are archived, their people and cards.

    Where an activity expects nobody in particular, everybody may come, so everybody is named. Else those
    whom the same organisation expects at another site stand in it too, without a name, to be sent there. Of
    merged numbers the kept one stands in it, with what stands for the person under any of them. `totals` are
    of use for as long as they are kept.
    """
    terminal = Terminal.objects.select_related("site").filter(id=terminal_id, revoked_ms=None).first()
    if terminal is None:
        raise SettingsError(CentreTrouble.TERMINAL_UNKNOWN, terminal=terminal_id)
    site = terminal.site
    activities = list(
        Activity.objects.filter(~has_been_archived("pk", now_ms), site=site)
        .order_by("id")
        .select_related("site")
        .prefetch_related("phases", "assignments", "shifts", "breaks")
    )
    merged = merged_numbers()
    people = _people(activities, merged)
    elsewhere = _expected_elsewhere(activities, people, merged, now_ms)
    known = people | Volunteer.objects.filter(pk__in=elsewhere)
    here = set(known.filter(pk__in=merged.every).values_list("number", flat=True))
    also = [number for number in merged.gone if merged.kept(number) in here]
    suspended = set(Volunteer.objects.filter(pk__in=also, suspended=True).values_list("number", flat=True))
    barred = {merged.kept(number) for number in suspended}
    held = Credential.objects.filter(Q(volunteer__in=known) | Q(volunteer__in=also)).order_by("ref")
    rules = rules_at(now_ms)
    totals = totals or DayTotals()
    totals.renew(now_ms)

    def person(row: Volunteer) -> RosterPerson:
        numbers = merged.numbers_of(row.number) if row.number in merged.every else (row.number,)
        return _person(row, elsewhere.get(row.number, ""), barred, totals.of(numbers))

    return Roster(
        version=version,
        terminal=terminal.id,
        realm=settings.realm,
        site=site.name,
        zone=site.zone,
        language=site.language,
        issuers=list(settings.badge_issuers),
        activities=[_activity(activity, rules, merged) for activity in activities],
        people=[person(row) for row in known],
        credentials=_credentials(held, merged, now_ms),
        revoked=list(held.filter(revoked_ms__isnull=False).values_list("ref", flat=True)),
        staff=_staff(site),
        shared=site.terminals.filter(revoked_ms=None, realm=terminal.realm).count() > 1,
        policy=policy_of(rules),
        walk_in_key=current_key(now_ms),
    )


def _staff(site: Site) -> list[RosterStaff]:
    """Who may act at the site's terminals with a PIN."""
    here = StaffMember.objects.filter(Q(site=site) | Q(site=None), removed_ms=None).order_by("reference")
    return [RosterStaff(row.reference, row.display_name, row.verifier, StaffRole(row.role)) for row in here]


def _people(activities: list[Activity], merged: MergedNumbers) -> QuerySet[Volunteer]:
    people = Volunteer.objects.exclude(number__in=merged.gone).order_by("number")
    if not all(activity.assigned_only for activity in activities):
        return people
    assigned = Assignment.objects.filter(activity__in=activities, volunteer=OuterRef("pk"))
    under_others = Assignment.objects.filter(activity__in=activities, volunteer__in=merged.gone)
    moved = {merged.kept(number) for number in under_others.values_list("volunteer_id", flat=True)}
    return people.filter(Exists(assigned) | Q(pk__in=moved))


def _expected_elsewhere(
    activities: list[Activity], people: QuerySet[Volunteer], merged: MergedNumbers, now_ms: int
) -> dict[int, str]:
    """The site of those who are not expected here, but by the same organisations at another one.

    Where several expect somebody, it is that of the activity that begins last.
    """
    organisations = {activity.organisation_id for activity in activities} - {None}
    sites = {activity.site_id for activity in activities}
    assignments = (
        Assignment.objects.filter(
            ~has_been_archived("activity", now_ms),
            activity__organisation__in=organisations,
            activity__assigned_only=True,
            activity__phases__phase=Phase.EXECUTING,
        )
        .exclude(activity__site__in=sites)
        .exclude(volunteer__in=people)
        .order_by("activity__phases__from_ms", "activity__id")
    )
    here = set(people.filter(pk__in=merged.every).values_list("number", flat=True))
    rows = assignments.values_list("volunteer_id", "activity__site__name")
    return {merged.kept(number): site for number, site in rows if merged.kept(number) not in here}


def _person(row: Volunteer, expected_at: str, barred: Collection[int], total: Total | None) -> RosterPerson:
    """`barred` are those of whom another number is suspended."""
    name = "" if expected_at else row.display_name
    suspended = row.suspended or row.number in barred
    latin = read_in_latin(name)
    approved_s, stars = total if total and not expected_at else (None, 0)
    return RosterPerson(str(row.number), name, row.language, suspended, expected_at, latin, approved_s, stars)


def _activity(activity: Activity, rules: RuleSet, merged: MergedNumbers) -> RosterActivity:
    policy = fixed_by(activity)
    assigned = sorted({merged.kept(row.volunteer_id) for row in activity.assignments.all()})
    shifts = list(activity.shifts.all())
    return RosterActivity(
        id=activity.id,
        title=activity.title,
        phases=[PhaseChange(Phase(row.phase), row.from_ms) for row in activity.phases.all()],
        shift_start_ms=shifts[0].start_ms if shifts else None,
        shift_end_ms=shifts[-1].end_ms if shifts else None,
        assigned=[str(number) for number in assigned] if activity.assigned_only else None,
        shifts=[RosterShift(shift.start_ms, shift.end_ms) for shift in shifts],
        debounce_s=policy.debounce_s,
        claims_end=policy.over(rules).missing_out_policy is MissingOutPolicy.CLAIM,
        credit=credit_of(activity, rules),
    )


def _known_by_now(now_ms: int) -> QuerySet[WalkIn, str]:
    """References of walk-ins of whom no terminal asks any more: those of today only can still leave."""
    return WalkIn.objects.filter(arrived_ms__lt=now_ms - _WALK_INS_TOLD_MS).values_list("ref", flat=True)


def _credentials(held: QuerySet[Credential], merged: MergedNumbers, now_ms: int) -> list[RosterCredential]:
    """What is looked up at the terminal; badges and phone codes prove themselves and need no entry."""
    return [
        RosterCredential(
            row.ref,
            str(merged.kept(row.volunteer_id)),
            Method(row.method),
            Assurance(row.assurance),
            row.expires_ms,
            row.one_use,
        )
        for row in held.filter(revoked_ms=None).exclude(method=Method.MANUAL, pk__in=_known_by_now(now_ms))
        if volunteer_of_token(row.ref) is None
    ]
