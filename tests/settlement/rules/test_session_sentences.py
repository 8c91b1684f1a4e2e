"""Each sentence of S0-S8 as a worked case of its own, in the format of the shared file.

The shared file shows some sixty cases; these are the others that the sentences imply.
"""

import pytest

from tests.settlement.rules.cases import (
    SHIFT,
    activity,
    at,
    by_hand,
    mismatches,
    pair,
    scan,
    sessions,
    settle_case,
    stay,
)

IN_SHIFT = {"activities": {"A1": activity(shift=SHIFT)}}
AUTO = {"break_mode": "auto", "daily_cap_s": None}
SECONDS = "2026-03-07T{}+08:00"
LATE_MINUTE = SECONDS.format("09:00:59")

SENTENCES = {
    # S0
    "same id, other content: held, the first stays": settle_case(
        [*pair("09:00", "10:00"), scan("e2", "out", "11:00")],
        expect=sessions(
            stay("09:00", "10:00", 3600), outcomes={"e2": "used", "e2#2": "held:EVENT_ID_CONFLICT"}
        ),
    ),
    "what the server measured is no content of the terminal's": settle_case(
        [*pair("09:00", "10:00"), scan("e2", "out", "10:00", rx=at("18:00"))],
        expect=sessions(stay("09:00", "10:00", 3600), outcomes={"e2": "used", "e2#2": "redelivered"}),
    ),
    "an unknown card comes before an unknown activity": settle_case(
        [scan("e1", "in", "09:00", cred="K404", act="A404")],
        expect=sessions(outcomes={"e1": "held:UNKNOWN_CREDENTIAL"}),
    ),
    "an unknown activity comes before a future time": settle_case(
        [scan("e1", "in", "09:00", act="A404", rx=at("08:00"))],
        expect=sessions(outcomes={"e1": "held:UNKNOWN_ACTIVITY"}),
    ),
    "a future time comes before a missing reason": settle_case(
        [by_hand("e1", "in", "09:00", reason=None, rx=at("08:00"))],
        expect=sessions(outcomes={"e1": "held:FUTURE_TIME"}),
    ),
    "a revoked card comes before a closed phase": settle_case(
        [scan("e1", "in", "09:00")],
        activities={"A1": activity(phases=[["ended", "2026-03-01T00:00:00+08:00"]])},
        credentials={"K1": {"vol": "V1", "revoked_at": at("08:00")}},
        expect=sessions(outcomes={"e1": "held:CREDENTIAL_REVOKED"}),
    ),
    "60 s after the arrival is no future yet": settle_case(
        [scan("e1", "in", "09:01", rx=at("09:00")), scan("e2", "out", "10:00")],
        expect=sessions(stay("09:01", "10:00", 3540), outcomes={}),
    ),
    "a code or tap that another event used: the stay says so, and counts": settle_case(
        [scan("e1", "in", "09:00"), scan("e2", "out", "10:00", used_twice=True)],
        expect=sessions(stay("09:00", "10:00", 3600, "CREDENTIAL_USED_TWICE"), outcomes={}),
    ),
    "that the centre found it used twice makes it no other event": settle_case(
        [*pair("09:00", "10:00"), scan("e2", "out", "10:00", used_twice=True)],
        expect=sessions(stay("09:00", "10:00", 3600), outcomes={"e2": "used", "e2#2": "redelivered"}),
    ),
    # S1
    "a correction of more than 300 s is large": settle_case(
        [scan("e1", "in", "09:00", off_s=300), scan("e2", "out", "11:00", off_s=-301)],
        expect=sessions(stay("09:05", SECONDS.format("10:54:59"), 6599, "CLOCK_CORRECTED", "CLOCK_LARGE")),
    ),
    "exactly 300 s is not large": settle_case(
        [scan("e1", "in", "09:05", off_s=-300), scan("e2", "out", "10:00")],
        expect=sessions(stay("09:00", "10:00", 3600, "CLOCK_CORRECTED")),
    ),
    "a clock that was never measured: raw time and a flag": settle_case(
        pair("09:00", "10:00", off_s=None), expect=sessions(stay("09:00", "10:00", 3600, "CLOCK_UNKNOWN"))
    ),
    "a measured offset may have a fraction": settle_case(
        [scan("e1", "in", SECONDS.format("08:59:59.600"), off_s=0.4), scan("e2", "out", "10:00")],
        expect=sessions(stay("09:00", "10:00", 3600, "CLOCK_CORRECTED")),
    ),
    # S2
    "phase intervals are [from, next)": settle_case(
        [scan("e1", "in", "09:00"), scan("e2", "out", "12:00")],
        activities={"A1": activity(phases=[["ended", at("12:00")], ["executing", at("09:00")]])},
        expect=sessions(stay("09:00", None, 0, "MISSING_OUT"), outcomes={"e2": "held:PHASE_CLOSED"}),
    ),
    "events buffered during the activity survive its end": settle_case(
        pair("09:00", "11:00", rx="2026-03-07T23:00:00+08:00"),
        activities={"A1": activity(phases=[["executing", at("09:00")], ["ended", at("12:00")]])},
        expect=sessions(stay("09:00", "11:00", 7200), outcomes={}),
    ),
    "an activity without any phase is closed": settle_case(
        [scan("e1", "in", "09:00")],
        activities={"A1": activity(phases=[])},
        expect=sessions(outcomes={"e1": "held:PHASE_CLOSED"}),
    ),
    "an empty roster expects nobody": settle_case(
        pair("09:00", "10:00"),
        activities={"A1": activity(roster=[])},
        expect=sessions(stay("09:00", "10:00", 3600, "NOT_ASSIGNED")),
    ),
    # S3
    "by terminal where the millisecond is the same": settle_case(
        [scan("e1", "out", "10:00", terminal="T2"), scan("e2", "in", "10:00", terminal="T1")],
        expect=sessions(stay("10:00", "10:00", 0, "BELOW_MIN_SESSION")),
    ),
    "by seq where the terminal is the same, too": settle_case(
        [scan("e1", "out", "10:00", seq=10), scan("e2", "in", "10:00", seq=9)],
        expect=sessions(stay("10:00", "10:00", 0, "BELOW_MIN_SESSION")),
    ),
    "by corrected milliseconds, not whole seconds": settle_case(
        [
            scan("e1", "out", SECONDS.format("10:00:00.200"), terminal="T1"),
            scan("e2", "in", SECONDS.format("10:00:00.100"), terminal="T2"),
        ],
        expect=sessions(stay("10:00", "10:00", 0, "BELOW_MIN_SESSION")),
    ),
    "a device comes before an entry by hand of the same second, whatever it is called": settle_case(
        [
            by_hand("h1", "in", "09:00", terminal="A"),
            scan("e1", "in", "09:00", terminal="Z"),
            scan("e2", "out", "10:00"),
        ],
        expect=sessions(stay("09:00", "10:00", 3600), outcomes={"h1": "duplicate_scan"}),
    ),
    "it does so with a fraction of a second more": settle_case(
        [
            by_hand("h1", "in", "09:00"),
            scan("e1", "in", SECONDS.format("09:00:00.900")),
            scan("e2", "out", "10:00"),
        ],
        expect=sessions(stay("09:00", "10:00", 3600), outcomes={"h1": "duplicate_scan"}),
    ),
    # S4
    "60 s after the last kept scan is no repetition": settle_case(
        [scan("e1", "toggle", "09:00"), scan("e2", "toggle", "09:01")],
        expect=sessions(stay("09:00", "09:01", 0, "BELOW_MIN_SESSION"), outcomes={}),
    ),
    "a repetition of a toggle's resolved direction is one": settle_case(
        [
            scan("e1", "toggle", "09:00"),
            scan("e2", "in", SECONDS.format("09:00:59")),
            scan("e3", "out", "10:00"),
        ],
        expect=sessions(stay("09:00", "10:00", 3600), outcomes={"e2": "duplicate_scan"}),
    ),
    "a repetition is one whatever card and terminal it came from": settle_case(
        [
            scan("e1", "in", "09:00"),
            scan("e2", "in", SECONDS.format("09:00:30"), cred="K9", terminal="T2"),
            scan("e3", "out", "10:00"),
        ],
        credentials={"K9": {"vol": "V1"}},
        expect=sessions(stay("09:00", "10:00", 3600), outcomes={"e2": "duplicate_scan"}),
    ),
    "another volunteer's scan is no repetition": settle_case(
        [scan("e1", "in", "09:00"), scan("e2", "in", "09:00", cred="K2")],
        expect=sessions(
            stay("09:00", None, 0, "MISSING_OUT", vol="V1"), stay("09:00", None, 0, "MISSING_OUT", vol="V2")
        ),
    ),
    # S5
    "IN while open: the old one has no end": settle_case(
        [scan("e1", "in", "09:00"), scan("e2", "in", "10:00"), scan("e3", "out", "11:00")],
        expect=sessions(stay("09:00", None, 0, "MISSING_OUT"), stay("10:00", "11:00", 3600)),
    ),
    "a toggle 12 h and a second after an open IN opens anew": settle_case(
        [scan("e1", "toggle", "06:00"), scan("e2", "toggle", SECONDS.format("18:00:01"))],
        settle_at="2026-03-07T19:00:00+08:00",
        expect=sessions(
            stay("06:00", None, 0, "MISSING_OUT"), stay(SECONDS.format("18:00:01"), None, 0, "OPEN")
        ),
    ),
    "a device's IN after one by hand: the earlier stays, the later is marked": settle_case(
        [by_hand("h1", "in", "09:00"), scan("e1", "in", "09:10"), scan("e2", "out", "12:00")],
        expect=sessions(
            stay("09:00", "12:00", 10800, "MANUAL", "REPEATED_IN"), outcomes={"e1": "repeated_in"}
        ),
    ),
    "a toggle soon after it is a repetition of it": settle_case(
        [
            by_hand("h1", "in", "09:00"),
            scan("e1", "in", "09:10"),
            scan("e2", "toggle", SECONDS.format("09:10:59")),
            scan("e3", "out", "12:00"),
        ],
        expect=sessions(
            stay("09:00", "12:00", 10800, "MANUAL", "REPEATED_IN"),
            outcomes={"e1": "repeated_in", "e2": "duplicate_scan"},
        ),
    ),
    "an IN by hand after a device's begins a stay of its own": settle_case(
        [scan("e1", "in", "09:00"), by_hand("h1", "in", "09:10"), scan("e2", "out", "12:00")],
        expect=sessions(
            stay("09:00", None, 0, "MISSING_OUT"), stay("09:10", "12:00", 10200, "MANUAL"), outcomes={}
        ),
    ),
    "so does one by hand after another": settle_case(
        [by_hand("h1", "in", "09:00"), by_hand("h2", "in", "09:10"), scan("e2", "out", "12:00")],
        expect=sessions(
            stay("09:00", None, 0, "MANUAL", "MISSING_OUT"),
            stay("09:10", "12:00", 10200, "MANUAL"),
            outcomes={},
        ),
    ),
    "so does a device's once the stay by hand must have ended": settle_case(
        [
            by_hand("h1", "in", "09:00"),
            scan("e1", "in", "2026-03-07T21:00:01+08:00"),
            scan("e2", "out", "2026-03-07T22:00:01+08:00"),
        ],
        expect=sessions(
            stay("09:00", None, 0, "MANUAL", "MISSING_OUT"),
            stay("2026-03-07T21:00:01+08:00", "2026-03-07T22:00:01+08:00", 3600),
            outcomes={},
        ),
    ),
    # S6
    "open exactly until shift end + 2 h": settle_case(
        [scan("e1", "in", "09:00")],
        settle_at=at("14:00"),
        **IN_SHIFT,
        expect=sessions(stay("09:00", None, 0, "OPEN")),
    ),
    "open exactly until IN + 12 h": settle_case(
        [scan("e1", "in", "09:00")], settle_at=at("21:00"), expect=sessions(stay("09:00", None, 0, "OPEN"))
    ),
    "no more than 12 h after IN": settle_case(
        [scan("e1", "in", "09:00")],
        settle_at=SECONDS.format("21:00:01"),
        expect=sessions(stay("09:00", None, 0, "MISSING_OUT")),
    ),
    "not open once the phase has ended": settle_case(
        [scan("e1", "in", "09:00")],
        settle_at=at("11:00"),
        activities={"A1": activity(phases=[["executing", at("08:00")], ["ended", at("11:00")]])},
        expect=sessions(stay("09:00", None, 0, "MISSING_OUT")),
    ),
    "provisionally to the shift's end": settle_case(
        [scan("e1", "in", "08:30")],
        rules={"missing_out_policy": "shift_end"},
        **IN_SHIFT,
        expect=sessions(stay("08:30", None, 10800, "EARLY_ARRIVAL", "MISSING_OUT")),
    ),
    "to the shift's end and not beyond what is credited after it": settle_case(
        [scan("e1", "in", "09:00")],
        rules={"missing_out_policy": "shift_end", "late_credit_s": 600},
        **IN_SHIFT,
        expect=sessions(stay("09:00", None, 10800, "MISSING_OUT")),
    ),
    "without a shift there is no end to credit to": settle_case(
        [scan("e1", "in", "09:00")],
        rules={"missing_out_policy": "shift_end"},
        expect=sessions(stay("09:00", None, 0, "MISSING_OUT")),
    ),
    "an open session earns nothing yet, whatever the policy": settle_case(
        [scan("e1", "in", "09:00")],
        rules={"missing_out_policy": "shift_end"},
        settle_at=at("10:00"),
        **IN_SHIFT,
        expect=sessions(stay("09:00", None, 0, "OPEN")),
    ),
    "a missing end is repaired by a manual event": settle_case(
        [scan("e1", "in", "09:00"), by_hand("e2", "out", "11:00")],
        expect=sessions(stay("09:00", "11:00", 7200, "MANUAL")),
    ),
    # S7
    "300 s late has no flag and 301 s has": settle_case(
        [scan("e1", "in", SECONDS.format("09:05:01")), scan("e2", "out", SECONDS.format("11:54:59"))],
        **IN_SHIFT,
        expect=sessions(
            stay(SECONDS.format("09:05:01"), SECONDS.format("11:54:59"), 10198, "EARLY_LEAVE", "LATE_ARRIVAL")
        ),
    ),
    "at the edge of the grace there is no flag": settle_case(
        pair("09:05", "11:55"), **IN_SHIFT, expect=sessions(stay("09:05", "11:55", 10200))
    ),
    "time around the shift counts as far as it is credited, and is remarked": settle_case(
        pair("08:30", "12:30"),
        rules={"early_credit_s": 600, "late_credit_s": 900},
        **IN_SHIFT,
        expect=sessions(stay("08:30", "12:30", 12300, "EARLY_ARRIVAL", "LATE_LEAVE")),
    ),
    "leaving when the shift begins is outside of it": settle_case(
        pair("08:00", "09:00"),
        **IN_SHIFT,
        expect=sessions(stay("08:00", "09:00", 0, "BELOW_MIN_SESSION", "OUTSIDE_WINDOW")),
    ),
    "no OUT: neither of the flags of leaving": settle_case(
        [scan("e1", "in", "09:30")],
        **IN_SHIFT,
        expect=sessions(stay("09:30", None, 0, "LATE_ARRIVAL", "MISSING_OUT")),
    ),
    # S8
    "scheduled breaks that overlap are taken off once": settle_case(
        pair("09:00", "12:00"),
        rules={"break_mode": "scheduled"},
        activities={"A1": activity(breaks=[[at("10:00"), at("10:30")], [at("10:15"), at("10:45")]])},
        expect=sessions(stay("09:00", "12:00", 8100, "BREAK_DEDUCTED")),
    ),
    "breaks of the master data do not matter unless they are scheduled": settle_case(
        pair("09:00", "12:00"),
        activities={"A1": activity(breaks=[[at("10:00"), at("10:30")]])},
        expect=sessions(stay("09:00", "12:00", 10800)),
    ),
    "no automatic break at exactly 6 h": settle_case(
        pair("09:00", "15:00"), rules=AUTO, expect=sessions(stay("09:00", "15:00", 21600))
    ),
    "an automatic break takes 30 min at most": settle_case(
        pair("09:00", "17:00"), rules=AUTO, expect=sessions(stay("09:00", "17:00", 27000, "BREAK_DEDUCTED"))
    ),
    "the automatic break is taken from the session's end": settle_case(
        [scan("e1", "in", SECONDS.format("18:00:00")), scan("e2", "out", "2026-03-08T00:30:00+08:00")],
        rules=AUTO,
        expect=sessions(
            stay("18:00", "2026-03-08T00:30:00+08:00", 21600, "BREAK_DEDUCTED", by_date={"2026-03-07": 21600})
        ),
    ),
}


@pytest.mark.parametrize("sentence", SENTENCES)
def test_it_keeps_the_sentence(sentence):
    assert mismatches(SENTENCES[sentence]) == []


def test_an_unknown_zone_is_an_error_that_a_case_may_expect():
    case = settle_case(pair("09:00", "10:00"), rules={"settlement_tz": "Asia/Nowhere"})
    assert mismatches(case | {"expect": {"error": "UNKNOWN_ZONE"}}) == []
    (told,) = mismatches(case | {"expect": {"sessions": []}})
    assert "Asia/Nowhere" in told


@pytest.mark.parametrize("field", ["post", "kind_of_place", "capacity"])
def test_a_case_may_tell_more_than_the_rules_ask(field):
    case = settle_case(pair("09:00", "10:00"), expect=sessions(stay("09:00", "10:00", 3600)))
    case["activities"]["A1"][field] = case["events"][0][field] = case[field] = "something"
    assert mismatches(case) == []
