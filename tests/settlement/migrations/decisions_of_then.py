"""What people of a centre of 0.1.0 decided, wrote down and were given, over the evidence of its five days."""

import datetime as dt

from tests.settlement.migrations.centre_of_then import (
    FIRST,
    HOUR,
    ISSUED,
    NEW,
    NIGHT_MS,
    OLD,
    Then,
    at,
    booked,
    enter_claim,
    enter_later_tables,
    enter_line,
    enter_master_data,
)

LEFT_EARLY = "EARLY_LEAVE"


def enter_centre(apps, keys):
    """Everything: one of each table at least. `keys` are the fingerprints of those that the centre has."""
    then = Then(apps)
    then.put("Store", pk=1, identity="5" * 32, generation=3, realm="live", created_ms=1, **keys)
    city, harbour = enter_master_data(then)
    then.put(
        "Terminal", id="north-gate", site_id="north", bucket="07", realm="live",
        public_key=then.terminal.key.public.raw.hex(),
    )  # fmt: skip
    chain = then.put("Chain", terminal_id="north-gate", epoch=then.terminal.epoch, hash="")
    then.terminal.start(at(0, 8))
    adjustment = _enter_mei(then, chain)
    _enter_wei(then)
    _enter_lin(then)
    _enter_chen(then, chain)
    _enter_bo(then, chain)
    enter_line(then, chain)
    enter_later_tables(then)
    for number, total_s in ((1001, 144_000), (1002, 54_000), (1003, 21_600), (1004, 28_800), (1005, 3600)):
        then.put(
            "Settled", volunteer_id=number, digest="d" * 64, total_s=total_s, rules_id=1,
            settled_ms=NIGHT_MS,
        )  # fmt: skip
    then.put("Unsettled", volunteer_id=1005, mark="m", since_ms=NIGHT_MS)
    _enter_recognition(then, city, harbour, adjustment)
    _enter_inspections(then, city)


def _enter_mei(then, chain):
    """Five whole days: approved, once after a revision, once by an adjustment; a scan never counted."""
    for day in range(5):
        stay = then.stay(1001, day, 9, 17)
        then.result(1001, day, stay)
        if day == 0:
            then.review(then.entry(1001, day, 1, 4 * 3600, stay), "superseded")
            then.review(
                then.entry(1001, day, 2, 8 * 3600, stay), "approved", "Zhao Min", "seen", "the card burnt",
            )  # fmt: skip
        elif day < 4:
            then.review(then.entry(1001, day, 1, 8 * 3600, stay), "approved", "Zhao Min")
        else:
            then.review(then.entry(1001, day, 1, 7 * 3600, stay), "approved", "Zhao Min")
            adjustment = then.entry(1001, day, 1, 3600, stay, "adjustment", reason="LATE_EVENT")
            then.review(adjustment, "approved", "Li Hua")
    repeated = then.terminal.check_in("badge:1001.1", at(0, 9) + 10_000)
    then.put(
        "EventOutcome", volunteer_id=1001, chain=chain, seq=repeated, activity="fair",
        at_s=at(0, 9) // 1000 + 10, outcome="duplicate_scan",
    )  # fmt: skip
    return adjustment


def _enter_wei(then):
    """A rejected day, and an approved one from which nobody wanted to take an hour back."""
    stay = then.stay(1002, 0, 9, 17)
    then.result(1002, 0, stay)
    then.review(then.entry(1002, 0, 1, 8 * 3600, stay), "rejected", "Li Hua", "was not there")
    stay = then.stay(1002, 1, 9, 16, flags=[LEFT_EARLY])
    then.result(1002, 1, stay)
    then.review(then.entry(1002, 1, 1, 8 * 3600, stay), "approved", "Zhao Min")
    rejected = then.entry(1002, 1, 1, -3600, stay, "adjustment", reason="MASTER_DATA")
    then.review(rejected, "rejected", "Zhao Min", "she stayed")


def _record(then, day, hour, direction, reason="reader broken", answered="confirmed", volunteer=1003, **more):
    times = {"at_ms": at(day, hour), "entered_ms": more.pop("entered_ms", at(day, 19))}
    who = {"volunteer_id": volunteer, "activity_id": "fair", "direction": direction, "reason": reason}
    record = then.put("ManualRecord", **{"entered_by": "Zhao Min", **who, **times, **more})
    if answered:
        said = {"confirmed": answered == "confirmed", "note": "" if answered == "confirmed" else answered}
        then.put("ManualDecision", record=record, by="Li Hua", at_ms=at(day, 20), **said)
    return f"manual/{record.pk}", at(day, hour) // 1000


def _enter_lin(then):
    """Two days that people wrote down: one approved, one by an objection that was upheld and waits."""
    flags = [LEFT_EARLY, "MANUAL"]
    stay = booked(_record(then, 0, 9, "in"), _record(then, 0, 12, "out"), flags)
    then.result(1003, 0, stay)
    hands = ("Li Hua", "Zhao Min")
    then.review(then.entry(1003, 0, 1, 3 * 3600, stay, hands=hands), "approved", "Wang Fang")
    _record(then, 2, 9, "in", answered="nobody saw her")
    _record(then, 3, 9, "in", answered="")
    said = []
    for day, outcome in ((1, "upheld"), (2, "rejected"), (3, "")):
        dispute = then.put(
            "Dispute", volunteer_id=1003, activity_id="fair", local_date=FIRST + dt.timedelta(days=day),
            objection="I was there", raised_by="1003", raised_ms=at(day, 18),
        )  # fmt: skip
        if outcome:
            then.put(
                "DisputeAnswer", dispute=dispute, outcome=outcome, answer="looked", by="Zhao Min",
                at_ms=at(day, 19),
            )  # fmt: skip
        said.append(f"Dispute {dispute.pk}: looked")
    ends = [_record(then, 1, hour, way, said[0]) for hour, way in ((9, "in"), (12, "out"))]
    stay = booked(*ends, flags)
    then.result(1003, 1, stay)
    then.entry(1003, 1, 1, 3 * 3600, stay, hands=hands)


def _enter_chen(then, chain):
    """A claim at the terminal that a second person confirmed."""
    came, seq = enter_claim(then)
    left = _record(
        then, 0, 17, "out", "Claimed by the volunteer at the terminal; within what its evidence allows.",
        volunteer=1004, entered_by="terminal:north-gate", claim_chain=chain, claim_seq=seq,
    )  # fmt: skip
    stay = booked(came, left, ["MANUAL"])
    then.result(1004, 0, stay)
    entry = then.entry(1004, 0, 1, 8 * 3600, stay, hands=("Li Hua", "terminal:north-gate"))
    then.review(entry, "approved", "Wang Fang")


def _enter_bo(then, chain):
    """An hour whose terminal named no activity; somebody said which it was, and it waits."""
    stay = then.stay(1005, 0, 18, 19, "?")
    for name in (stay["in_event"], stay["out_event"]):
        seq = int(name.rpartition("/")[2])
        then.put(
            "UnnamedActivity", chain=chain, seq=seq, volunteer_id=1005, activity_id="market", way="person",
        )  # fmt: skip
        then.put(
            "NamedActivity", chain=chain, seq=seq, activity_id="market", reason="he said so", by="Zhao Min",
            at_ms=at(0, 20),
        )  # fmt: skip
    then.result(1005, 0, stay, "market")
    then.entry(1005, 0, 1, 3600, stay, activity="market")


def _enter_recognition(then, city, harbour, adjustment):
    """Certificates of which the first is stale and superseded, gifts, stars, ratings and a move."""
    then.put("CertificateCounter", issuer="310115", year=2026, last=2)
    issued = {"organisation": city, "volunteer_id": 1001, "activities": [], "issued_by": "Wang Fang"}
    days = [8 * 3600] * 4
    old = then.put(
        "Certificate", number=OLD, t_s=140_400, content=_content([*days, 7 * 3600], "39.0"), issued_ms=1,
        **issued,
    )  # fmt: skip
    then.put(
        "Certificate", number=NEW, t_s=144_000, content=_content([*days, 8 * 3600], "40.0"), issued_ms=2,
        supersedes=old, **issued,
    )  # fmt: skip
    then.put("StaleCertificate", certificate=old, entry=adjustment, at_ms=NIGHT_MS)
    gift = {"volunteer_id": 1001, "local_date": ISSUED, "applied_ms": 1}
    reviewed = {"reviewed_by": "Zhao Min", "reviewed_ms": 2}
    then.put(
        "Exchange", tier="towel", state="fulfilled", fulfilled_by="Li Hua", fulfilled_ms=3, **gift,
        **reviewed,
    )  # fmt: skip
    then.put("Exchange", tier="cinema_ticket", state="rejected", note="too early", **gift, **reviewed)
    then.put("Exchange", tier="towel", state="applied", **{**gift, "volunteer_id": 1003})
    stars = {"stars_before": 2, "stars_after": 1, "approved_s": 144_000, "raised_ms": 1}
    then.put("StarReview", volunteer_id=1001, **stars)
    then.put(
        "StarReview", volunteer_id=1002, withdrawn=True, decided_by="Li Hua", decided_ms=2, note="n",
        **stars,
    )  # fmt: skip
    then.put(
        "Rating", volunteer_id=1001, activity_id="fair", role="leader", by="Wang Fang", effect_pm=1200,
        at_ms=1,
    )  # fmt: skip
    record = {
        "volunteer": 1004, "lines": [], "total_s": 28_800, "hours": "8.00", "by_recorder": {"0001": 28_800},
        "value_s": 28_800, "stars": 0, "points": {"2026": 2},
    }  # fmt: skip
    then.put(
        "Transfer", volunteer_id=1004, origin=city, destination=harbour, state="released",
        introduction_letter="L1", service_record=record, requested_by="1004", requested_ms=1,
        released_by="Wang Fang", released_ms=2,
    )  # fmt: skip


def _content(seconds, hours):
    lines = [
        {"activity": "fair", "local_date": (FIRST + dt.timedelta(days=day)).isoformat(), "t_s": t_s,
         "title": "Fair", "content": "guiding", "site": "North gate"}
        for day, t_s in enumerate(seconds)
    ]  # fmt: skip
    return {
        "name": "Mei", "identity_number": "3****************X", "service_time": hours,
        "service_content": lines, "recording_unit": "City of Lanterns", "issued_on": ISSUED.isoformat(),
    }  # fmt: skip


def _enter_inspections(then, city):
    visit = then.put(
        "InspectionVisit", site_id="north", terminal_id="north-gate", inspector="Sun", at_ms=at(0, 10),
        findings="all well", entered_by="Sun", entered_ms=at(0, 11) + HOUR,
    )  # fmt: skip
    then.put("InspectedPerson", visit=visit, volunteer_id=1001, activity_id="fair", seen=True)
    notice = {
        "title": "Notice of 2026", "columns": [{"key": "name", "heading": "Name", "is_number": False}],
        "rows": [["M*"]], "notes": [],
    }  # fmt: skip
    then.put(
        "PublicNotice", year=2026, organisation=city, content=notice, published_by="Wang Fang",
        published_ms=9,
    )  # fmt: skip
