"""An explained line as people read it: indented sentences in their language."""

from collections.abc import Iterator

from settlement.explain.corrections import tell_correction
from settlement.explain.evidence import Evidence
from settlement.explain.explanation import ExplainedEntry, ExplainedSession, Explanation
from settlement.explain.merges import tell_merge
from settlement.explain.sentences import Teller
from settlement.explain.time_text import tell_time
from settlement.records.reasons import told_hand
from settlement.review.rejected_before import RejectedBefore
from settlement.rules.flags import Flag
from settlement.rules.hours import display_hours
from settlement.rules.ledger import EntryKind


def tell_line(line: Explanation, teller: Teller) -> list[str]:
    """The line in words: evidence and rules of each session, the ledger's history, and what it earns."""
    return list(_sentences(line, teller))


def _sentences(line: Explanation, teller: Teller) -> Iterator[str]:
    words = teller.words
    yield words.say(
        "explain-line",
        name=line.name,
        volunteer=str(line.volunteer),
        activity=line.title,
        date=line.local_date.isoformat(),
        zone=line.zone,
    )
    if line.waits_for_settler:
        yield "  " + words.say("explain-waits")
    for number, session in enumerate(line.sessions, 1):
        yield "  " + words.say("explain-session", number=str(number))
        yield from (f"    {sentence}" for sentence in _session(session, teller))
    for lifted in line.cap_lifted:
        yield "  " + words.say(
            "explain-cap_lifted", date=lifted.local_date.isoformat(), by=lifted.by, reason=lifted.reason
        )
    for credited in line.stays_credited:
        ends = {"came": credited.came_s, "left": credited.left_s}
        yield "  " + words.say(
            "explain-stay_credited",
            by=credited.by,
            reason=credited.reason,
            **{name: teller.date_and_time(at_s) for name, at_s in ends.items()},
        )
    for stay in line.long_stays:
        yield "  " + words.say(
            "explain-long_stay",
            came=teller.date_and_time(stay.came_s),
            left=teller.date_and_time(stay.left_s),
            duration=words.duration(stay.seconds),
            entry=str(line.newest_entry),
        )
    if line.uncounted:
        yield "  " + words.say("explain-uncounted")
        for held in line.uncounted:
            yield f"    {teller.date_and_time(held.at_s)} · {held.source} · {held.text}"
            yield from (f"      {sentence}" for sentence in tell_time(held.time, teller))
    if line.sessions:
        yield "  " + words.say(
            "explain-result", duration=words.duration(line.t_s), hours=line.hours, version=str(line.rules)
        )
    if line.state is not None:
        yield "  " + words.say("explain-ledger", state=words.code("line", line.state))
        for entry in line.entries:
            yield from (f"    {sentence}" for sentence in _entry(entry, teller))
        yield "    " + words.say(
            "explain-counts",
            approved=words.duration(line.approved_s),
            waiting=words.duration(line.waiting_s),
        )
    yield from (f"  {sentence}" for sentence in _effect(line, teller))


def _session(session: ExplainedSession, teller: Teller) -> Iterator[str]:
    for message, at_s, evidence in (
        ("explain-came", session.in_s, session.came),
        ("explain-left", session.out_s, session.left),
    ):
        if evidence is not None and at_s is not None:
            at = teller.date_and_time(at_s)
            yield teller.words.say(message, at=at, evidence=_evidence(evidence, teller))
            # A stay that a revoked card ended has its end from the revocation, not from the scan.
            if evidence is not session.left or Flag.CREDENTIAL_REVOKED not in session.flags:
                yield from (f"  {sentence}" for sentence in tell_time(evidence.time, teller))
            if evidence.also_used:
                yield "  " + teller.words.say("explain-also_used", events=", ".join(evidence.also_used))
            if evidence.dispute is not None:
                yield "  " + teller.words.say("of_dispute-answers", number=str(evidence.dispute))
            if evidence.instead_of:
                yield "  " + teller.words.say("explain-instead_of", events=", ".join(evidence.instead_of))
            if evidence.named is not None:
                how = evidence.named
                yield "  " + teller.words.code("explain-named", how.way, by=how.by, reason=how.reason)
    for step in session.steps:
        yield f"{step.rule} {step.text}".lstrip()
    for flag in session.flags:
        yield f"▲ {teller.words.code('flag', flag)}"


def _evidence(evidence: Evidence, teller: Teller) -> str:
    words, code = teller.words, evidence.reason_code
    if evidence.entered_by:
        return words.say(
            "explain-manual",
            source=evidence.source,
            entered=told_hand(evidence.entered_by, words),
            confirmed=evidence.confirmed_by,
            reason=words.code("manual_reason", code) if code else evidence.reason,
        )
    return f"{words.code('method', evidence.method)} · {evidence.source}"


def _entry(entry: ExplainedEntry, teller: Teller) -> Iterator[str]:
    words = teller.words
    yield words.say(
        "explain-adjustment" if entry.kind == EntryKind.ADJUSTMENT else "explain-original",
        number=str(entry.rev),
        seconds=words.duration(entry.delta_s),
        at=teller.date_and_time(entry.entered_ms // 1000),
        version=str(entry.rules),
        state=words.code("line", entry.state),
    )
    if entry.reason:
        yield "  " + words.code("adjustment", entry.reason)
    if entry.merged is not None:
        yield from (f"  {sentence}" for sentence in tell_merge(entry.merged, teller))
    for corrected in entry.corrected:
        yield from (f"  {sentence}" for sentence in tell_correction(corrected, teller))
    for stay in entry.stays:
        ends = {"came": teller.clock(stay.in_s) or "–", "left": teller.clock(stay.out_s) or "–"}
        yield "  " + words.say("explain-stay_then", seconds=words.duration(stay.t_s), **ends)
    if entry.review is not None and entry.review.by:
        at = teller.date_and_time(entry.review.at_ms // 1000)
        yield "  " + words.say("explain-decided", by=entry.review.by, at=at)
        if entry.review.note:
            yield "  " + words.say("explain-note", note=entry.review.note)
        if entry.review.override:
            yield "  " + words.say("explain-override", reason=entry.review.override)
    if entry.reopened is not None:
        at = teller.date_and_time(entry.reopened.at_ms // 1000)
        yield "  " + words.say("explain-reopened", by=entry.reopened.by, at=at, reason=entry.reopened.note)
    if entry.rejected is not None:
        yield from (f"  {sentence}" for sentence in _rejected(entry.rejected, teller))


def _rejected(found: RejectedBefore, teller: Teller) -> Iterator[str]:
    words = teller.words
    yield words.say("explain-rejected_before", by=found.by, why=found.note)
    if found.again_s:
        yield words.say("explain-refused", seconds=words.duration(found.again_s))
    yield words.say("explain-new_since", seconds=words.duration(found.new_s))
    for came, left in found.new_stays:
        yield words.say("explain-new_stay", came=teller.clock(came) or "–", left=teller.clock(left) or "–")


def _effect(line: Explanation, teller: Teller) -> Iterator[str]:
    words, effect = teller.words, line.effect
    yield words.say("explain-points", now=str(effect.points), after=str(effect.points_after))
    yield words.say(
        "explain-stars",
        without=str(effect.stars_without),
        now=str(effect.stars),
        after=str(effect.stars_after),
    )
    if effect.value is None:
        yield words.say("explain-no-value")
        return
    yield words.say(
        "explain-value",
        hours=display_hours(effect.value.v_s),
        seconds=words.duration(effect.value.t_s),
        duty=_factor(effect.value.duty_pm),
        effect=_factor(effect.value.effect_pm),
    )


def _factor(thousandths: int) -> str:
    """A weight as people write it: 1250 is 1.250."""
    return f"{thousandths // 1000}.{thousandths % 1000:03d}"
