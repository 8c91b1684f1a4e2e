"""Does a broken rule make the tests fail? Breaks one at a time in a copy, and runs the fast tests on it.

    python tests/settlement/mutate_rules.py [NAME …]

The copy of the package lies in a temporary folder that comes first on PYTHONPATH; the checkout stays as it
is. Ends with 1 when a broken rule went unnoticed.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
COPIED = ("config", "foundation", "settlement")
DECISIONS = Path(__file__).parent / "mutated_decisions.toml"
"""Ways to break what people decide, correct and object to; the others stand below."""
ATTENDANCE = "../../foundation/attendance.py"
"""The numbers and the length of a stay, which the rules share with the terminals."""
EXAMPLES = ("-k", "not test_oracle and not test_properties")
GENERATED = ("-k", "test_oracle or test_properties")
"""The generated days take longer: they are asked only when no example noticed."""


class Mutation(NamedTuple):
    """One rule broken: in `file`, `right` becomes `wrong`; those `tests` should notice.

    Both lie in a folder of that name, below `settlement/` and `tests/settlement/`.
    """

    name: str
    file: str
    right: str
    wrong: str
    folder: str = "rules"
    tests: str = "rules"


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
        "second - kept_s < rules.debounce_s",
        "second - kept_s <= rules.debounce_s",
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
        "    if not activity.is_executing(settle_at_s):\n        return False\n",
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
        "        draft.parts = without(draft.parts, part)\n",
        "        without(draft.parts, part)\n",
    ),
    Mutation(
        "S9: SITE_CONFLICT at one site",
        "limits.py",
        "draft.activity.site != earlier.activity.site",
        "draft.activity.site == earlier.activity.site",
    ),
    Mutation(
        "S9: overlaps forgotten behind a later start",
        "limits.py",
        "        if draft.start_s < credited_until:",
        "        if draft.parts[0][0] < credited_until:",
    ),
    Mutation(
        "S9: a long stay is forgotten behind a short one in its break",
        "limits.py",
        "credited_until = max(credited_until, draft.parts[-1][1])",
        "credited_until = draft.parts[-1][1]",
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
        "settle.py",
        "by_dates = cap_days(drafts, rules, calendar)",
        'by_dates = cap_days(drafts, rules, local_dates("UTC"))',
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
    Mutation("S15: two eyes", "review.py", "ReviewRefusal.FOUR_EYES if by in entry.hands else None", "None"),
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
        "last_second(activity, session.in_s, rules) + 1",
        "last_second(activity, session.in_s, rules)",
        "settling",
        "settling",
    ),
    Mutation(
        "S16: who took a claim down may confirm it",
        "claims.py",
        'claim.event.taken_by or f"terminal:',
        'f"terminal:',
        "settling",
        "settling",
    ),
    Mutation(
        "S17: other rules are late evidence",
        "settler.py",
        'claim.corrected.union(settled.values_list("volunteer__number", flat=True))',
        "claim.corrected",
        "settling",
        "ledger",
    ),
    *(Mutation(**told) for told in tomllib.loads(DECISIONS.read_text(encoding="utf-8"))["mutation"]),
)


def main(names: list[str]) -> int:
    """Try every mutation, or those named; prints one line each."""
    with tempfile.TemporaryDirectory() as folder:
        _copy_to(Path(folder))
        chosen = [mutation for mutation in MUTATIONS if not names or mutation.name in names]
        for tests in sorted({mutation.tests for mutation in chosen}):
            if failed := _first_failure(folder, tests, EXAMPLES):
                sys.exit(f"The rules fail their tests before anything is broken: {failed}")
    unnoticed = [mutation.name for mutation in chosen if not _is_noticed(mutation)]
    print(f"{len(chosen) - len(unnoticed)} of {len(chosen)} broken rules noticed")
    return 1 if unnoticed else 0


def _is_noticed(mutation: Mutation) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        _copy_to(Path(folder))
        path = Path(folder) / "settlement" / mutation.folder / mutation.file
        source = path.read_text(encoding="utf-8")
        if source.count(mutation.right) != 1:
            print(f"OUTDATED   {mutation.name}: its text is not there exactly once")
            return False
        path.write_text(source.replace(mutation.right, mutation.wrong), encoding="utf-8")
        failed = _first_failure(folder, mutation.tests, EXAMPLES)
        if failed is None and mutation.tests == "rules":
            failed = _first_failure(folder, mutation.tests, GENERATED)
    print(f"{'noticed' if failed else 'UNNOTICED':10} {mutation.name}: {failed}", flush=True)
    return failed is not None


def _copy_to(folder: Path) -> None:
    for package in COPIED:
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))


def _first_failure(folder: str, tests: str, chosen: tuple[str, ...]) -> str | None:
    """The first of the centre's `tests` that fails on the package in `folder`, or None."""
    ran = subprocess.run(
        [
            sys.executable,
            "-P",
            "-m",
            "pytest",
            f"tests/settlement/{tests}",
            "-q",
            "-x",
            "-m",
            "not slow",
            *chosen,
        ],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": folder, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    failed = [line for line in ran.stdout.splitlines() if line.startswith("FAILED")]
    if ran.returncode not in (0, 1) or bool(failed) != bool(ran.returncode):
        sys.exit(f"The tests did not run:\n{ran.stdout}{ran.stderr}")
    return failed[0].split(" - ")[0].removeprefix("FAILED tests/settlement/") if failed else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
