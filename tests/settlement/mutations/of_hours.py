"""Ways to break what counts, and what hours become: S7 to S21."""

from tests.settlement.mutations.mutation import Mutation

MUTATIONS = (
    Mutation(
        "S7: LATE_ARRIVAL within the grace",
        "window.py",
        "elif draft.in_s > first[0] + rules.late_grace_s",
        "elif draft.in_s > first[0]",
    ),
    Mutation("S7: no clipping at the end", "window.py", "min(span[1], window[1])", "span[1]"),
    Mutation(
        "S8: breaks that overlap are taken twice",
        "window.py",
        "    taken = before - seconds_in(draft.parts)\n",
        "    taken = sum(high - low for low, high in draft.activity.breaks)\n",
    ),
    Mutation(
        "S8: automatic breaks fall off a cliff",
        "limits.py",
        "min(rules.auto_break_s, gross - rules.auto_break_after_s)",
        "rules.auto_break_s",
    ),
    Mutation(
        "S9: the overlap is kept by both",
        "limits.py",
        "                draft.parts = without(draft.parts, part)\n",
        "                without(draft.parts, part)\n",
    ),
    Mutation(
        "S9: SITE_CONFLICT at one site",
        "limits.py",
        "draft.activity.site != other.activity.site",
        "draft.activity.site == other.activity.site",
    ),
    Mutation(
        "S9: overlaps forgotten behind a later start",
        "limits.py",
        "            if draft.start_s < claimed_until:",
        "            if draft.parts[0][0] < claimed_until:",
    ),
    Mutation(
        "S9: a long stay is forgotten behind a short one in its break",
        "limits.py",
        "claimed_until = max(claimed_until, claimed[-1][1])",
        "claimed_until = claimed[-1][1]",
    ),
    Mutation(
        "S9: training is service",
        "limits.py",
        "if draft.activity.kind is not ActivityKind.SERVICE and draft.parts:",
        "if False:",
    ),
    Mutation(
        "S10: the minimum excludes itself",
        "limits.py",
        "if gross < rules.min_session_s",
        "if gross <= rules.min_session_s",
    ),
    Mutation(
        "S11: the cap counts UTC days",
        "limits.py",
        "in local_dates(draft.rules.settlement_tz).split(*part)",
        'in local_dates("UTC").split(*part)',
    ),
    Mutation(
        "S11: the earlier seconds are cut",
        "limits.py",
        "kept[place].append((low, until))",
        "kept[place].append((low + high - until, high))",
    ),
    Mutation(
        "S12: hours rounded to the nearest",
        "hours.py",
        "abs(t_s) // seconds_per_unit",
        "round(abs(t_s) / seconds_per_unit)",
    ),
    Mutation(
        "S13: V rounded up",
        "hours.py",
        "return t_s * duty_pm * effect_pm // 1_000_000",
        "return -(-t_s * duty_pm * effect_pm // 1_000_000)",
    ),
    Mutation(
        "S14: a heartbeat before the close will do",
        "readiness.py",
        "progress.heartbeat_ms < closes_ms",
        "progress.heartbeat_ms < 0",
    ),
    Mutation(
        "S15: two eyes",
        "review.py",
        "None if marks.isdisjoint(entry.hands) else ReviewRefusal.FOUR_EYES",
        "None",
    ),
    Mutation(
        "S16: one person confirms the own entry",
        "admission.py",
        " or entry.entered_by == entry.confirmed_by",
        "",
    ),
    Mutation(
        "S17: adjustments start from nothing",
        "ledger.py",
        "EntryKind.ADJUSTMENT, line.t_s - approved_s, line.t_s != approved_s",
        "EntryKind.ADJUSTMENT, line.t_s, line.t_s != approved_s",
    ),
    Mutation(
        "S17: a vanished line keeps its hours",
        "ledger.py",
        "for key in sorted(history):",
        "for key in sorted(lines):",
    ),
    Mutation("S18: points for every line", "points.py", "if t_s > 0 else 0", "if True else 0"),
    Mutation(
        "S18: rejected exchanges count towards the limit",
        "points.py",
        "        if result is ExchangeResult.OK:\n",
        "        if result is ExchangeResult.REJECTED:\n            served[year] = served.get(year, 0) + 1\n"
        "        if result is ExchangeResult.OK:\n",
    ),
    Mutation(
        "S19: a star a second early",
        "stars.py",
        "approved_s >= hours * 3600",
        "approved_s + 1 >= hours * 3600",
    ),
    Mutation("S20: one document suffices", "transfer.py", "    if missing:\n", "    if len(missing) > 1:\n"),
    Mutation(
        "S21: check digits without the factor", "certificate.py", "int(digits) * 100 % 97", "int(digits) % 97"
    ),
    Mutation(
        "S16: who took a claim down may confirm it",
        "claims.py",
        "claim.event.taken_by or entered_by_terminal(",
        "entered_by_terminal(",
        "settling",
        "settling",
    ),
    Mutation(
        "S17: other rules that came since the claim are late evidence",
        "settler.py",
        "claim.corrected.union(number for number, _, master_data in waiting if master_data)",
        "claim.corrected",
        "settling",
        "settling/test_rule_changes.py",
    ),
    Mutation(
        "S9: a dropped stay keeps what it took",
        "limits.py",
        "lost = _shared(draft.parts, other.parts)\n        if lost:\n            for part in other.parts:",
        "lost = _shared(draft.parts, claimed)\n        if lost:\n            for part in claimed:",
    ),
    Mutation(
        "S9: who gives seconds back is marked no longer",
        "limits.py",
        "if _shared(own, claimed):",
        "if _shared(own, other.parts):",
    ),
    Mutation(
        "S11: every second counts against the smallest cap",
        "limits.py",
        "until, cap_s = high, drafts[place].rules.daily_cap_s",
        "until, cap_s = high, min(draft.rules.daily_cap_s or 0 for draft in drafts)",
    ),
    Mutation(
        "S11: a lifted cap leaves no mark",
        "limits.py",
        "                drafts[place].bits |= _CAP_LIFTED\n",
        "",
    ),
    Mutation(
        "S11: one lifted date lifts them all",
        "limits.py",
        "if until < high and day in lifted:",
        "if until < high and lifted:",
    ),
    Mutation(
        "S14: a series closes with its last line",
        "readiness.py",
        "        if calendar.date_of(start_s) == day and",
        "        if",
    ),
    Mutation(
        "S14: a calendar of days closes a line",
        "readiness.py",
        " and end_s - start_s <= rules.max_shift_s",
        "",
    ),
    Mutation(
        "S14: a line outlasts its activity",
        "readiness.py",
        "min(of_line, ended_s)",
        "of_line",
    ),
    Mutation(
        "S17: who has just come waits for a decision",
        "ledger.py",
        "line is not None and not _has_just_come(line)",
        "line is not None",
    ),
)
