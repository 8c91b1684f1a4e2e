"""The rules once more: slow, second by second, and written to be seen to be right.

It shares no code with the rules but the values that go in. A session's credit is a set of seconds, so that
windows, breaks and overlaps are plain set operations, and a second's local date is what the time zone
database says about that second.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from types import SimpleNamespace
from zoneinfo import ZoneInfo


@dataclass
class Stay:
    volunteer: str
    activity: object
    rules: object
    came: object = None
    left: object = None
    revoked_s: int | None = None
    flags: set = field(default_factory=set)
    seconds: set = field(default_factory=set)
    claimed: set = field(default_factory=set)

    @property
    def in_s(self):
        return None if self.came is None else corrected_ms(self.came) // 1000

    @property
    def out_s(self):
        if self.revoked_s is not None:
            return self.revoked_s
        return None if self.left is None else corrected_ms(self.left) // 1000

    @property
    def start_s(self):
        return self.out_s if self.came is None else self.in_s


def corrected_ms(event):
    return event.device_ms + (event.offset_ms or 0)


@cache
def local_date(zone_name, second):
    return datetime.fromtimestamp(second, UTC).astimezone(ZoneInfo(zone_name)).date()


def zone_of(rules, activity):
    """Whose midnights count: those of the site, if the rules say so and it has a zone, else the centre's."""
    if rules.date_zone == "site" and activity.zone:
        return activity.zone
    return rules.settlement_tz


def version_at(second, versions, activity):
    """The version of the rules that holds on the second's local date."""
    holding = [rules for since, rules in versions if local_date(zone_of(rules, activity), second) >= since]
    return holding[-1]


def rules_of_stay(activity, second, versions):
    """What judges a stay that begins then: the version of its date, with what the activity says otherwise."""
    version = version_at(second, versions, activity)
    said = {name: getattr(version, name) for name in version.__struct_fields__}
    for name in activity.policy.__struct_fields__:
        own = getattr(activity.policy, name)
        said[name] = said[name] if own is None else own
    return SimpleNamespace(**said)


def judge(event, activities, credentials, versions):
    """The volunteer and the outcome of an event's first delivery (S0-S2, S16)."""
    volunteer = event.manual.volunteer if event.manual else None
    if event.credential is not None:
        if event.credential not in credentials:
            return None, "held:UNKNOWN_CREDENTIAL"
        owner = credentials[event.credential].volunteer
        if volunteer is not None and volunteer != owner:
            return None, "held:UNKNOWN_CREDENTIAL"
        volunteer = owner
    if volunteer is None:
        return None, "held:UNKNOWN_CREDENTIAL"
    if event.activity not in activities:
        return volunteer, "held:UNKNOWN_ACTIVITY"
    second = corrected_ms(event) // 1000
    rules = version_at(second, versions, activities[event.activity])
    if second * 1000 > event.received_ms + rules.future_tolerance_s * 1000:
        return volunteer, "held:FUTURE_TIME"
    if event.manual:
        if not (event.manual.reason or "").strip():
            return volunteer, "held:MANUAL_NO_REASON"
        if event.manual.entered_by == volunteer or event.manual.confirmed_by == volunteer:
            return volunteer, "held:MANUAL_SELF"
        if not event.manual.entered_by or not event.manual.confirmed_by:
            return volunteer, "held:MANUAL_UNCONFIRMED"
        if event.manual.entered_by == event.manual.confirmed_by:
            return volunteer, "held:MANUAL_UNCONFIRMED"
    if event.credential is not None:
        revoked_ms = credentials[event.credential].revoked_ms
        if revoked_ms is not None and second * 1000 >= revoked_ms:
            return volunteer, "held:CREDENTIAL_REVOKED"
    if not is_executing(activities[event.activity], second):
        return volunteer, "held:PHASE_CLOSED"
    return volunteer, "used"


def replaced_events(deliveries, activities, credentials, versions):
    """S16: (volunteer, event) for all that an entry by hand, which counts itself, stands in the place of."""
    found, seen = set(), set()
    for event in deliveries:
        if event.id not in seen and event.manual:
            volunteer, outcome = judge(event, activities, credentials, versions)
            if outcome == "used":
                found |= {(volunteer, name) for name in event.manual.instead_of} - {(volunteer, event.id)}
        seen.add(event.id)
    return found


def mark_replaced(stays, gone):
    """S16: stays of the date of an event that was replaced, or around it."""
    for stay in stays:
        for event in gone:
            second = corrected_ms(event) // 1000
            is_around = stay.left is not None and stay.start_s <= second <= stay.out_s
            days = {local_date(zone_of(stay.rules, stay.activity), at) for at in (second, stay.start_s)}
            if is_around or len(days) == 1:
                stay.flags.add("MANUAL")


def is_executing(activity, second):
    return any(start <= second and (end is None or second < end) for start, end in activity.executing)


def shift_of(came_s, activity, rules):
    """S5: the shift that somebody who comes at that second comes for."""
    duties = [(start, end) for start, end in activity.shifts if end - start <= rules.max_shift_s]
    ahead = [
        (start, end) for start, end in duties if came_s < start and start - came_s <= rules.max_session_s
    ]
    soon = [(start, end) for start, end in ahead if start - came_s <= rules.close_after_s]
    if soon:
        return max(soon)
    for start, end in duties:
        if start <= came_s < end:
            return start, end
    return min(ahead) if ahead else None


def has_outlasted(stay, second):
    """S5: whether the stay must have ended before that second."""
    rules = stay.rules
    shift = shift_of(stay.in_s, stay.activity, rules)
    is_after_shift = shift is None or second - shift[1] > rules.close_after_s
    return is_after_shift and second - stay.in_s > rules.max_session_s


def stays_of(volunteer, activity, events, versions, settle_at_s, outcomes, credentials, credited):
    """S3-S6. `events` are (place among the deliveries, event), those with a revoked card among them."""
    events = sorted(
        events,
        key=lambda e: (
            corrected_ms(e[1]) // 1000,
            e[1].manual is not None,
            corrected_ms(e[1]),
            e[1].terminal,
            e[1].seq,
            e[1].id,
        ),
    )
    stays, last_second, last_direction, last_rules = [], None, None, None
    kept = []
    current = None
    for order, (place, event) in enumerate(events):
        if outcomes[place] != "used":
            continue
        second = corrected_ms(event) // 1000
        is_soon = last_second is not None and second - last_second < last_rules.debounce_s
        if is_soon and (event.direction == "toggle" or event.direction == last_direction):
            outcomes[place] = "duplicate_scan"
            continue
        kept.append((order, event))
        if current is not None and has_outlasted(current, second):
            if event.direction == "out" and credited.get(current.came.id) == event.id:
                current.flags.add("LONG_STAY")
            else:
                current.flags.add("MISSING_OUT")
                current = None
        direction = event.direction
        if direction == "toggle":
            direction = "out" if current else "in"
        last_second, last_direction = second, direction
        if direction == "out" and current is not None:
            current.left = event
            last_rules = current.rules
            current = None
            continue
        if direction == "in" and current is not None and current.came.manual and not event.manual:
            outcomes[place] = "repeated_in"
            current.flags.add("REPEATED_IN")
            last_rules = current.rules
            kept.pop()
            continue
        last_rules = rules_of_stay(activity, second, versions)
        if direction == "in":
            if current is not None:
                current.flags.add("MISSING_OUT")
            current = Stay(volunteer, activity, last_rules, came=event)
            stays.append(current)
        else:
            stays.append(Stay(volunteer, activity, last_rules, left=event, flags={"MISSING_IN"}))
    if current is not None:
        rules = current.rules
        ends = [end for start, end in activity.shifts if start - current.in_s <= rules.max_session_s]
        shift_is_over = bool(ends) and all(
            settle_at_s > max(end, current.in_s) + rules.close_after_s for end in ends
        )
        is_too_old = has_outlasted(current, settle_at_s)
        may_be_there = is_executing(activity, settle_at_s) and not shift_is_over and not is_too_old
        current.flags.add("OPEN" if may_be_there else "MISSING_OUT")
    for stay in stays:
        if "MISSING_OUT" in stay.flags:
            end_by_revoked_card(stay, events, kept, outcomes, credentials)
    return stays


def end_by_revoked_card(stay, events, kept, outcomes, credentials):
    """S2: who scanned out with the own card, which had been revoked by then, was inside until it was."""
    came = next(order for order, event in kept if event is stay.came)
    next_kept = min((order for order, _ in kept if order > came), default=len(events))
    for place, event in events[came + 1 : next_kept]:
        if (
            outcomes[place] == "held:CREDENTIAL_REVOKED"
            and event.direction != "in"
            and event.credential == stay.came.credential
            and not has_outlasted(stay, corrected_ms(event) // 1000)
        ):
            stay.flags -= {"MISSING_OUT"}
            stay.flags |= {"CREDENTIAL_REVOKED"}
            stay.left = event
            stay.revoked_s = credentials[event.credential].revoked_ms // 1000
            return


def mark_evidence(stay):
    """S1, S2, S16."""
    rules = stay.rules
    for event in (stay.came, stay.left):
        if event is None:
            continue
        if event.manual:
            stay.flags.add("MANUAL")
        if event.used_twice:
            stay.flags.add("CREDENTIAL_USED_TWICE")
        if event.offset_ms is None or loose_ms(event, rules):
            stay.flags.add("CLOCK_UNKNOWN")
        if event.offset_ms:
            stay.flags.add("CLOCK_CORRECTED")
            if abs(event.offset_ms) > rules.clock_flag_s * 1000:
                stay.flags.add("CLOCK_LARGE")
    if stay.activity.roster is not None and stay.volunteer not in stay.activity.roster:
        stay.flags.add("NOT_ASSIGNED")


def loose_ms(event, rules):
    is_loose = event.error_ms is not None and event.error_ms > rules.clock_bound_s * 1000
    return event.error_ms if is_loose else 0


def certain_from(event, rules):
    """The first whole second in which the person had certainly come."""
    return -(-(corrected_ms(event) // 1000 * 1000 + loose_ms(event, rules)) // 1000)


def certain_until(event, rules):
    """The last whole second before which the person had certainly not left."""
    return (corrected_ms(event) // 1000 * 1000 - loose_ms(event, rules)) // 1000


def credit(stay):
    """S6-S8 for one stay. Answers whether its length means anything."""
    rules = stay.rules
    shifts = stay.activity.shifts
    has_both = stay.came is not None and stay.left is not None
    is_measured = has_both
    if has_both:
        until = min(certain_until(stay.left, rules), stay.out_s)
        stay.seconds = set(range(certain_from(stay.came, rules), until))
    elif "MISSING_OUT" in stay.flags and rules.missing_out_policy == "shift_end" and shifts:
        came = certain_from(stay.came, rules)
        stay.seconds = set(range(came, min((end for _, end in shifts if end > came), default=came)))
        is_measured = bool(stay.seconds)
    if shifts:
        windows = [
            set(range(start - rules.early_credit_s, end + rules.late_credit_s)) for start, end in shifts
        ]
        reached = [
            shift
            for shift, window in zip(shifts, windows, strict=True)
            if any(
                (stay.came is None or second >= stay.in_s) and (stay.left is None or second < stay.out_s)
                for second in window
            )
        ]
        stay.seconds &= set().union(*windows)
        if not reached:
            stay.flags.add("OUTSIDE_WINDOW")
        else:
            mark_shifts(stay, reached[0], reached[-1], rules)
    if rules.break_mode == "scheduled":
        for start, end in stay.activity.breaks:
            if stay.seconds & set(range(start, end)):
                stay.flags.add("BREAK_DEDUCTED")
            stay.seconds -= set(range(start, end))
    if stay.activity.kind != "service":
        stay.seconds = set()
        is_measured = False
    return is_measured


def mark_shifts(stay, first, last, rules):
    if stay.came is not None and stay.in_s < first[0]:
        stay.flags.add("EARLY_ARRIVAL")
    if stay.came is not None and stay.in_s > first[0] + rules.late_grace_s:
        stay.flags.add("LATE_ARRIVAL")
    has_left = stay.left is not None and stay.revoked_s is None
    if has_left and stay.out_s > last[1]:
        stay.flags.add("LATE_LEAVE")
    if has_left and stay.out_s < last[1] - rules.leave_grace_s:
        stay.flags.add("EARLY_LEAVE")


def settle_slowly(deliveries, activities, credentials, rules, settle_at_s, lifted, credited):
    """S0-S12: (outcomes, stays by (start, activity, volunteer))."""
    versions = rules.versions
    outcomes, first, paired = [], {}, {}
    replaced, gone = replaced_events(deliveries, activities, credentials, versions), []
    for place, event in enumerate(deliveries):
        if event.id in first:
            known = first[event.id]
            same = all(
                getattr(event, name) == getattr(known, name)
                for name in event.__struct_fields__
                if name not in ("received_ms", "offset_ms", "error_ms", "used_twice")
            )
            outcomes.append("redelivered" if same else "held:EVENT_ID_CONFLICT")
            continue
        first[event.id] = event
        volunteer, outcome = judge(event, activities, credentials, versions)
        if volunteer is not None and (volunteer, event.id) in replaced:
            outcome = "replaced"
            gone.append((volunteer, event))
        outcomes.append(outcome)
        if outcome in ("used", "held:CREDENTIAL_REVOKED"):
            paired.setdefault(volunteer, {}).setdefault(event.activity, []).append((place, event))
    everything = []
    for volunteer, by_activity in paired.items():
        stays = [
            stay
            for name, events in by_activity.items()
            for stay in stays_of(
                volunteer, activities[name], events, versions, settle_at_s, outcomes, credentials, credited
            )
        ]
        stays.sort(key=lambda stay: (stay.start_s, stay.activity.id))
        mark_replaced(stays, [event for owner, event in gone if owner == volunteer])
        limit(stays, lifted.get(volunteer, ()))
        everything += stays
    everything.sort(key=lambda stay: (stay.start_s, stay.activity.id, stay.volunteer))
    return outcomes, everything


def limit(stays, lifted):
    """S8-S11 for all stays of one volunteer."""
    measured = []
    for stay in stays:
        mark_evidence(stay)
        measured.append(credit(stay))
    for n, (stay, is_measured) in enumerate(zip(stays, measured, strict=True)):
        wanted = set(stay.seconds)
        for earlier in stays[:n]:
            if wanted & earlier.claimed:
                shared = {"OVERLAP"}
                if stay.activity.site != earlier.activity.site:
                    shared.add("SITE_CONFLICT")
                stay.flags |= shared
                earlier.flags |= shared
            stay.seconds -= earlier.seconds
        stay.claimed = set(stay.seconds)
        rules = stay.rules
        if rules.break_mode == "auto":
            gross = len(stay.seconds)
            taken = min(rules.auto_break_s, max(0, gross - rules.auto_break_after_s))
            if taken:
                stay.flags.add("BREAK_DEDUCTED")
                stay.seconds = set(sorted(stay.seconds)[: gross - taken])
        if is_measured and len(stay.seconds) < rules.min_session_s:
            stay.flags.add("BELOW_MIN_SESSION")
            stay.seconds = set()
    served = {}
    for second, n in sorted((second, n) for n, stay in enumerate(stays) for second in stay.seconds):
        stay = stays[n]
        day = local_date(zone_of(stay.rules, stay.activity), second)
        cap_s = stay.rules.daily_cap_s
        if cap_s is not None and served.get(day, 0) >= cap_s:
            if day not in lifted:
                stay.seconds.discard(second)
                stay.flags.add("DAILY_CAP")
                continue
            stay.flags.add("CAP_LIFTED")
        served[day] = served.get(day, 0) + 1


def by_date(stay):
    """The stay's seconds by local date."""
    counted = {}
    for second in stay.seconds:
        day = local_date(zone_of(stay.rules, stay.activity), second)
        counted[day] = counted.get(day, 0) + 1
    return counted
