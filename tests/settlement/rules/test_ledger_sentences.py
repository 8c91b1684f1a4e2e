"""Each sentence of S12-S21 beyond sessions as a worked case of its own, in the format of the shared file."""

import pytest

from tests.settlement.rules.cases import activity, at, by_hand, input_case, ledger_case, mismatches, scan

EVENING = "2026-03-08T12:00:00+08:00"
MORNING = [scan("e1", "in", "09:00"), scan("e2", "out", "11:00")]
AFTERNOON = [scan("e3", "in", "13:00"), scan("e4", "out", "13:30")]
LATER = [scan("e5", "in", "15:00"), scan("e6", "out", "16:00")]
NUMBER = "VSC-440106-2026-000001-39"
KEY = "V1|A1|2026-03-07"


def arrive(events, **more):
    return {"op": "events", "events": events, "settle_at": EVENING, **more}


def approve(by="admin1", **more):
    return {"op": "approve", "by": by, **more}


def reopen(by="admin2"):
    return {"op": "reopen", "by": by}


def reject(by="admin1"):
    return {"op": "reject", "by": by, "reason": "not on site"}


def revoke(at_clock):
    return {"op": "revoke", "cred": "K1", "at": at(at_clock)}


def correct(**changes):
    return {"op": "activities", "activities": {"A1": activity(**changes)}}


def original(rev, delta_s, state, reason=None):
    return {"key": KEY, "kind": "original", "rev": rev, "delta_s": delta_s, "state": state, "reason": reason}


def adjustment(rev, delta_s, state, reason="LATE_EVENT"):
    return {
        "key": KEY, "kind": "adjustment", "rev": rev, "delta_s": delta_s, "state": state, "reason": reason,
    }  # fmt: skip


def books(*entries, total):
    return {"entries": list(entries), "approved_total_t_s": total}


LEDGER = {
    "a late event after the approval: a pending adjustment": ledger_case(
        arrive(MORNING), approve(), arrive(AFTERNOON),
        expect=books(original(1, 7200, "approved"), adjustment(1, 1800, "pending"), total=7200),
    ),
    "a newer adjustment supersedes a pending one": ledger_case(
        arrive(MORNING), approve(), arrive(AFTERNOON), arrive(LATER),
        expect=books(
            original(1, 7200, "approved"), adjustment(1, 1800, "superseded"), adjustment(2, 5400, "pending"),
            total=7200,
        ),
    ),
    "an adjustment goes on from the sum of all that was approved": ledger_case(
        arrive(MORNING), approve(), arrive(AFTERNOON), approve(), arrive(LATER),
        expect=books(
            original(1, 7200, "approved"), adjustment(1, 1800, "approved"), adjustment(2, 3600, "pending"),
            total=9000,
        ),
    ),
    "after a rejected adjustment a newer result counts from what was approved": ledger_case(
        arrive(MORNING), approve(), arrive(AFTERNOON), reject(), arrive(LATER),
        expect=books(
            original(1, 7200, "approved"), adjustment(1, 1800, "rejected"), adjustment(2, 5400, "pending"),
            total=7200,
        ),
    ),
    "delta 0: no entry": ledger_case(
        arrive(MORNING), approve(), arrive([scan("e3", "in", "09:00", act="A404")]), arrive(MORNING),
        expect=books(original(1, 7200, "approved"), total=7200),
    ),
    "an adjustment that is not needed any more leaves nothing to decide": ledger_case(
        arrive(MORNING), approve(), revoke("08:00"), revoke("23:00"),
        expect=books(
            original(1, 7200, "approved"), adjustment(1, -7200, "superseded", "MASTER_DATA"), total=7200
        ),
    ),
    "rejected, and the result is new: new revision": ledger_case(
        arrive(MORNING), reject(), arrive(AFTERNOON),
        expect=books(
            original(1, 7200, "rejected"), original(2, 9000, "pending", "LATE_EVENT") | {"refused_s": 7200},
            total=0,
        ),
    ),
    "corrected master data after a rejection: the new revision says so": ledger_case(
        arrive(MORNING), reject(), correct(shift=[at("09:00"), at("10:00")]),
        expect=books(
            original(1, 7200, "rejected"), original(2, 3600, "pending", "MASTER_DATA"), total=0
        ),
    ),
    "rejected, then new: not in bulk, not by who rejected, not without a reason": ledger_case(
        arrive(MORNING), reject(), arrive(AFTERNOON),
        approve("admin2", bulk=True), approve("admin1", note="after all"), approve("admin2"),
        approve("admin2", note="seen by two"),
        expect=books(
            original(1, 7200, "rejected"), original(2, 9000, "approved", "LATE_EVENT"), total=9000
        ) | {"errors": ["REJECTED_BEFORE", "OWN_REJECTION", "REJECTED_BEFORE"]},
    ),
    "what was refused of an adjustment is told in the next": ledger_case(
        arrive(MORNING), approve(), arrive(AFTERNOON), reject(), arrive(LATER), approve("admin2", bulk=True),
        expect=books(
            original(1, 7200, "approved"), adjustment(1, 1800, "rejected"),
            adjustment(2, 5400, "pending") | {"refused_s": 1800}, total=7200,
        ) | {"errors": ["REJECTED_BEFORE"]},
    ),
    "a rejection is taken back by another person, and decided anew": ledger_case(
        arrive(MORNING), reject(), reopen("admin1"), reopen("admin2"), approve("admin2", bulk=True),
        approve("admin1"),
        expect=books(
            original(1, 7200, "rejected"), original(2, 7200, "approved", "REOPENED"), total=7200
        ) | {"errors": ["OWN_REJECTION", "REJECTED_BEFORE"]},
    ),
    "a credential used twice keeps a line out of bulk, whatever the settings say": ledger_case(
        arrive([MORNING[0] | {"used_twice": True}, MORNING[1]]), approve("admin2", bulk=True),
        rules={"blocking_flags": []},
        expect=books(original(1, 7200, "pending") | {"flags": ["CREDENTIAL_USED_TWICE"]}, total=0)
        | {"errors": ["BLOCKING_FLAG"]},
    ),
    "rejected, and the result is the same: it is not asked again": ledger_case(
        arrive(MORNING), reject(), arrive(MORNING), expect=books(original(1, 7200, "rejected"), total=0)
    ),
    "a pending line whose card turns out to be revoked leaves nothing to decide": ledger_case(
        arrive(MORNING), revoke("08:00"), expect=books(original(1, 7200, "superseded"), total=0)
    ),
    "corrected master data: an adjustment says so": ledger_case(
        arrive(MORNING), approve(), correct(shift=[at("09:00"), at("10:00")]),
        expect=books(
            original(1, 7200, "approved"), adjustment(1, -3600, "pending", "MASTER_DATA"), total=7200
        ),
    ),
    "a line without a second is entered, because somebody must look at it": ledger_case(
        arrive(MORNING[:1]), expect=books(original(1, 0, "pending"), total=0)
    ),
    "in bulk only clean lines are approved": ledger_case(
        arrive(
            [*MORNING, scan("e3", "in", "09:00", cred="K2"), by_hand("e4", "out", "10:00", vol="V2")]
        ),
        approve(bulk=True),
        expect={"approved_total_t_s": 7200, "errors": ["BLOCKING_FLAG"]},
    ),
    "who looks at a flagged line may approve it": ledger_case(
        arrive([scan("e1", "in", "09:00"), by_hand("e2", "out", "11:00")]), approve(),
        expect=books(original(1, 7200, "approved"), total=7200),
    ),
    "who confirmed a time by hand may not review it": ledger_case(
        arrive([scan("e1", "in", "09:00"), by_hand("e2", "out", "11:00")]), approve("staff2"),
        expect={**books(original(1, 7200, "pending"), total=0), "errors": ["FOUR_EYES"]},
    ),
    "hands stay on a line when a late event takes the manual time's place": ledger_case(
        arrive([scan("e1", "in", "09:00"), by_hand("e2", "out", "11:00")]), approve(),
        arrive([scan("e3", "out", "10:30")]), approve("staff1"),
        expect={"approved_total_t_s": 7200, "errors": ["FOUR_EYES"]},
    ),
    "a rejection does not need another kind of reviewer than an approval": ledger_case(
        arrive(MORNING), reject("V1"),
        expect={**books(original(1, 7200, "pending"), total=0), "errors": ["SELF_REVIEW"]},
    ),
}  # fmt: skip


def lines(count, year=2026, **changes):
    given = {"vol": "V1", "t_s": 3600, "state": "approved"} | changes
    return [{**given, "act": f"A{n}", "date": f"{year}-05-{n:02d}"} for n in range(1, count + 1)]


def exchange(name, tier="towel", day="2026-06-01", review="approved"):
    return {"id": name, "tier": tier, "date": day, "review": review}


def points(given_lines, exchanges, results, balance):
    return input_case(
        "points", {"lines": given_lines, "exchanges": exchanges}, {"results": results, "balance": balance}
    )


MANY = [exchange(f"x{n}") for n in range(1, 7)]
VALUES = {
    "six in a year are one too many": points(
        lines(31), MANY, {f"x{n}": "ok" if n < 6 else "EXCHANGE_LIMIT" for n in range(1, 7)}, {"2026": 12}
    ),
    "rejected ones do not count towards the limit": points(
        lines(31),
        [exchange("x0", review="rejected"), *MANY[:5]],
        {"x0": "REJECTED", **{f"x{n}": "ok" for n in range(1, 6)}},
        {"2026": 12},
    ),
    "review comes before the limit and the limit before the balance": points(
        lines(25),
        [*MANY[:5], exchange("x6", "book_card"), exchange("x7", review=None)],
        {**{f"x{n}": "ok" for n in range(1, 6)}, "x6": "EXCHANGE_LIMIT", "x7": "NOT_REVIEWED"},
        {"2026": 0},
    ),
    "an application that could not be paid does not use up the limit": points(
        lines(5),
        [exchange("x1", "book_card"), exchange("x2")],
        {"x1": "INSUFFICIENT_POINTS", "x2": "ok"},
        {"2026": 0},
    ),
    "nothing is given for approved time that an adjustment took back": points(
        [*lines(1), *lines(1, t_s=-3600)], [], {}, {"2026": 0}
    ),
    "the same activity on another date gives points again": points(
        [*lines(1), {**lines(1)[0], "date": "2026-05-09"}], [], {}, {"2026": 4}
    ),
    "the national scale of stars is data": input_case(
        "stars",
        {"thresholds_h": [100, 300, 600, 1000, 1500], "t_s": [359999, 360000, 5400000]},
        {"stars": [0, 1, 5]},
    ),
    "absent thresholds are those of the rules": input_case("stars", {"t_s": [108000]}, {"stars": [1]}),
    "a leader's excellent three hours": input_case(
        "value", {"t_s": 10800, "duty_pm": 1500, "effect_pm": 1200}, {"v_s": 19440, "hours": "5.40"}
    ),
    "both weights are 1000 unless given": input_case("value", {"t_s": 3601}, {"v_s": 3601}),
    "an effect above 1500 is refused": input_case(
        "value", {"t_s": 1, "effect_pm": 1501}, {"error": "WEIGHT_OUT_OF_RANGE"}
    ),
    "a duty below 1000 is refused": input_case(
        "value", {"t_s": 1, "duty_pm": 999}, {"error": "WEIGHT_OUT_OF_RANGE"}
    ),
    "half a cent is rounded up": input_case("economic", {"t_s": 1800, "rate_cents": 3001}, {"cents": 1501}),
    "less than half a cent is not": input_case("economic", {"t_s": 1, "rate_cents": 1799}, {"cents": 0}),
    "30.00 appears exactly when 30 h are reached": input_case(
        "display", {"t_s": [107999, 108000, -36, -35]}, {"hours": ["29.99", "30.00", "-0.01", "0.00"]}
    ),
    "a gap keeps the review waiting": input_case(
        "ready",
        {"closes_at": at("14:00"), "terminals": {
            "T1": {"received_seq": [4, 1, 2], "heartbeat": at("15:00")},
            "T2": {"received_seq": [], "heartbeat": None},
            "T3": {"received_seq": [3, 1, 2], "heartbeat": at("14:00")},
        }},
        {"ready": False, "reason": {"T1": "SEQ_GAP", "T2": "AWAITING_SYNC"}},
    ),
    "ten working days": input_case("deadline", {"ended_on": "2026-03-06"}, {"due": "2026-03-20"}),
    "a holiday at a weekend costs no working day": input_case(
        "deadline", {"ended_on": "2026-03-06", "days": 1, "holidays": ["2026-03-07"]}, {"due": "2026-03-09"}
    ),
    "both documents are needed": input_case(
        "transfer",
        {"documents": [], "from": "X", "to": "Y"},
        {"result": "TRANSFER_INCOMPLETE", "missing": ["introduction_letter", "service_record"]},
    ),
    "hours stay with their recorder and count in the total": input_case(
        "transfer",
        {
            "documents": ["service_record", "introduction_letter"], "from": "X", "to": "Y",
            "approved": [{"org": "X", "t_s": 100}, {"org": "Y", "t_s": 7}, {"org": "X", "t_s": 1}],
        },
        {"result": "ok", "total_t_s": 108, "by_org": {"X": 101, "Y": 7}},
    ),
    "a number that is no number is not valid": input_case(
        "certificate_check",
        {"numbers": ["", f"{NUMBER} ", NUMBER.lower(), "VSC-440106-2026-000000-42"]},
        {"valid": [False, False, False, False]},
    ),
    "an issuer is six digits": input_case(
        "certificate", {"issues": [["4401", 2026]]}, {"error": "INVALID_CERTIFICATE_NUMBER"}
    ),
    "a certificate without its content is not complete": input_case(
        "certificate_content",
        {"t_s_at_issue": 108000, "fields": ["service_time"]},
        {
            "certificate_hours": "30.0", "complete": False, "stale_after_adjustment": False,
            "missing": [
                "person_in_charge", "recipients", "recording_unit", "service_content", "service_dates",
            ],
        },
    ),
}  # fmt: skip


@pytest.mark.parametrize("sentence", LEDGER)
def test_the_ledger_keeps_the_sentence(sentence):
    assert mismatches(LEDGER[sentence]) == []


@pytest.mark.parametrize("sentence", VALUES)
def test_hours_points_and_papers_keep_the_sentence(sentence):
    assert mismatches(VALUES[sentence]) == []
