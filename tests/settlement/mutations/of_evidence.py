"""Ways to break what becomes of evidence: S0 to S6, dating, rules by date, policies."""

from tests.settlement.mutations.mutation import Mutation

ATTENDANCE = "../../foundation/attendance.py"
"""The numbers and the length of a stay, which the rules share with the terminals."""

MUTATIONS = (
    Mutation(
        "S0: any content is a redelivery",
        "admission.py",
        "Outcome.REDELIVERED if same else Outcome.EVENT_ID_CONFLICT",
        "Outcome.REDELIVERED",
    ),
    Mutation(
        "S0: another entry by hand is a redelivery",
        "evidence.py",
        "            and self.manual == other.manual\n",
        "",
    ),
    Mutation(
        "S0: future tolerance counts its last second as future",
        "admission.py",
        "(corrected_s - rules.future_tolerance_s) * 1000 > event.received_ms",
        "(corrected_s - rules.future_tolerance_s) * 1000 >= event.received_ms",
    ),
    Mutation(
        "S1: offset subtracted",
        "admission.py",
        "event.device_ms + (event.offset_ms or 0)",
        "event.device_ms - (event.offset_ms or 0)",
    ),
    Mutation(
        "S1: CLOCK_LARGE from its limit on",
        "admission.py",
        "abs(event.offset_ms) > rules.clock_flag_s * 1000",
        "abs(event.offset_ms) >= rules.clock_flag_s * 1000",
    ),
    Mutation(
        "S1: loose clocks credited in full",
        "window.py",
        "        return 0\n    return -(-event.error_ms // 1000)",
        "        return 0\n    return 0",
    ),
    Mutation(
        "S2: a revocation misses its own instant",
        "admission.py",
        "corrected_s * 1000 >= revoked_ms",
        "corrected_s * 1000 > revoked_ms",
    ),
    Mutation(
        "S2: a phase includes its end",
        "evidence.py",
        "(until is None or instant_s < until)",
        "(until is None or instant_s <= until)",
    ),
    Mutation("S3: scans in order of arrival", "pairing.py", "    scans.sort()\n", "    pass\n"),
    Mutation(
        "S4: the debounce window includes its end",
        "pairing.py",
        "second - kept_s < debounce_s",
        "second - kept_s <= debounce_s",
    ),
    Mutation(
        "S4: the debounce window slides",
        "pairing.py",
        "            outcomes[place] = Outcome.DUPLICATE_SCAN\n",
        "            outcomes[place] = Outcome.DUPLICATE_SCAN\n            kept_s = second\n",
    ),
    Mutation(
        "S5: a longer shift lengthens nothing",
        ATTENDANCE,
        " and at > stay_until(\n        came, shifts, policy, per_second=per_second\n    )",
        "",
    ),
    Mutation(
        "S5: the last second of a stay does not pair", ATTENDANCE, "at > stay_until(", "at >= stay_until("
    ),
    Mutation("S5: the next shift is always theirs", ATTENDANCE, "start <= came + longest and", ""),
    Mutation("S5: a shift that is over is theirs", ATTENDANCE, "if came < end and", "if"),
    Mutation(
        "S5: nobody comes early to take over",
        ATTENDANCE,
        "shift[0] <= came + close_after",
        "shift[0] <= came",
    ),
    Mutation("S5: who comes early comes for the first of them", ATTENDANCE, "begun[-1:]", "begun[:1]"),
    Mutation("S5: who comes outside of any shift has none", ATTENDANCE, "or possible[:1]", ""),
    Mutation(
        "S5: any shift lengthens", ATTENDANCE, " and end - start <= policy.max_shift_s * per_second", ""
    ),
    Mutation(
        "S6: open although the activity ended",
        "pairing.py",
        " and activity.is_executing(\n            settle_at_s\n        )",
        "",
    ),
    Mutation(
        "S6: open sessions are credited provisionally",
        "window.py",
        "    if draft.bits & OPEN:\n",
        "    if draft.bits & OPEN and not draft.activity.shifts:\n",
    ),
    Mutation(
        "S6: the shift of a missing end is chosen by the uncertain time",
        "window.py",
        "in draft.activity.shifts if start_s < end_s",
        "in draft.activity.shifts if draft.in_s < end_s",
    ),
    Mutation(
        "dating: no drift",
        "dating.py",
        "return -(-abs(elapsed_ms) * self._drift_ppm // 1_000_000)",
        "return 0",
    ),
    Mutation(
        "dating: the better of two contradicting anchors",
        "dating.py",
        "(low, high) if low <= high else (min(one[0], other[0]), max(one[1], other[1]))",
        "(low, high) if low <= high else one",
    ),
    Mutation(
        "dating: a boot has ended when the next one can have begun at the earliest",
        "dating.py",
        "begun = bounds[1]",
        "begun = bounds[0]",
    ),
    Mutation(
        "dating: nothing is interpolated",
        "dating.py",
        "if not 0 < place < len(anchors):",
        "if True:",
    ),
    Mutation(
        "dating: the last moment that a boot knew is no anchor",
        "event_times.py",
        'for seq in (row["first_trusted"], row["last_trusted"])',
        'for seq in (row["first_trusted"],)',
        "evidence",
        "evidence",
    ),
    Mutation(
        "S6: an open session is not looked at again when its activity ends",
        "results.py",
        "        moments += [until for _, until in activity.executing if until is not None]\n",
        "",
        "settling",
        "settling",
    ),
    Mutation(
        "S6: an open session is looked at again a second too early",
        "results.py",
        "moments.append(open_until(activity, session.in_s, own) + 1)",
        "moments.append(open_until(activity, session.in_s, own))",
        "settling",
        "settling",
    ),
    Mutation(
        "rules by date: the newest judges everything",
        "by_date.py",
        "            if local_dates(rules.zone_at(site_zone)).date_of(instant_s) >= since:\n",
        "            if True:\n",
    ),
    Mutation(
        "rules by date: a change misses its own date",
        "by_date.py",
        "date_of(instant_s) >= since",
        "date_of(instant_s) > since",
    ),
    Mutation(
        "rules by date: what was planned for later survives an earlier date",
        "by_date.py",
        "if version[0] < since]",
        "if version[0] != since]",
    ),
    Mutation(
        "rules by date: a stay is judged by the rules of its end",
        "pairing.py",
        "            draft.out_event, draft.out_s = event, second\n",
        "            draft.out_event, draft.out_s = event, second\n"
        "            draft.rules = rules.of_stay(second, activity.policy)\n",
    ),
    Mutation(
        "rules by date: points by the rules of today",
        "points.py",
        "versions.on(day).points_per_activity_day",
        "versions.newest.points_per_activity_day",
    ),
    Mutation(
        "policies: an activity's own are forgotten",
        "by_date.py",
        "        if not policy.says_something:\n",
        "        if True:\n",
    ),
    Mutation(
        "S2: any revoked card ends the stay",
        "pairing.py",
        "        and came.credential == event.credential\n",
        "",
    ),
    Mutation(
        "S2: a revoked card ends the stay when it was scanned",
        "pairing.py",
        "opened.out_event, opened.out_s = revoked",
        "opened.out_event, opened.out_s = revoked[0], revoked[0].device_ms // 1000",
    ),
    Mutation(
        "S6: a stay that nothing ended is not marked",
        "pairing.py",
        "        opened.bits |= MISSING_OUT\n",
        "",
    ),
    Mutation(
        "S6: who comes after the shift is given no time",
        "pairing.py",
        "max(shift_end_s, in_s) + rules.close_after_s",
        "shift_end_s + rules.close_after_s",
    ),
    Mutation(
        "S6: a claim is credited before anybody confirmed it",
        "window.py",
        "rules.missing_out_policy is MissingOutPolicy.CLAIM",
        "False",
    ),
    Mutation(
        "S1: what was measured before a moment is not told",
        "dating.py",
        "return told[place - 1] if place else None, ",
        "return None, ",
    ),
    Mutation(
        "S1: a bound is told rounded down",
        "time_text.py",
        "-(-duration_ms // 1000)",
        "duration_ms // 1000",
        "explain",
        "explain/test_time_text.py",
    ),
    Mutation(
        "S1: an uncertain clock of a scan that did not count is not told",
        "explanation.py",
        "row.outcome, text, time)",
        "row.outcome, text)",
        "explain",
        "explain/test_time_text.py",
    ),
    Mutation(
        "S2: an event that names no activity is dated by the newest rules",
        "unnamed_activity.py",
        "self._clocks.of(one.terminal, one.received_ms)",
        "self._clocks.of(one.terminal, 2**41)",
        "evidence",
        "evidence/test_unnamed_activity.py",
    ),
)
