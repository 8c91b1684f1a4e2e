"""Each sentence of S9-S16 about sessions as a worked case of its own, in the format of the shared file."""

import pytest

from tests.settlement.rules.cases import (
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

SECONDS = "2026-03-07T{}+08:00"

A_AND_B = {"A1": activity(), "B1": activity(site="S2")}


def in_b(name, direction, clock):
    return scan(name, direction, clock, act="B1")


SENTENCES = {
    "at two sites at once: the later loses the seconds, both are flagged": settle_case(
        [*pair("09:00", "11:00"), in_b("e3", "in", "10:00"), in_b("e4", "out", "12:00")],
        activities=A_AND_B,
        expect=sessions(
            stay("09:00", "11:00", 7200, "OVERLAP", "SITE_CONFLICT"),
            stay("10:00", "12:00", 3600, "OVERLAP", "SITE_CONFLICT", act="B1"),
            total={"V1": {"t_s": 10800, "hours": "3.00"}},
        ),
    ),
    "a session inside another keeps nothing": settle_case(
        [*pair("09:00", "12:00"), in_b("e3", "in", "10:00"), in_b("e4", "out", "11:00")],
        activities=A_AND_B,
        expect=sessions(
            stay("09:00", "12:00", 10800, "OVERLAP", "SITE_CONFLICT"),
            stay("10:00", "11:00", 0, "BELOW_MIN_SESSION", "OVERLAP", "SITE_CONFLICT", act="B1"),
        ),
    ),
    "a session without an end shares nothing": settle_case(
        [scan("e1", "in", "09:00"), in_b("e3", "in", "10:00"), in_b("e4", "out", "11:00")],
        activities=A_AND_B,
        expect=sessions(stay("09:00", None, 0, "MISSING_OUT"), stay("10:00", "11:00", 3600, act="B1")),
    ),
    "training never enters T and takes no second from service": settle_case(
        [*pair("09:00", "11:00"), in_b("e3", "in", "10:00"), in_b("e4", "out", "12:00")],
        activities={"A1": activity(kind="training"), "B1": activity(kind="service")},
        expect=sessions(
            stay("09:00", "11:00", 0), stay("10:00", "12:00", 7200, act="B1"), total={"V1": {"t_s": 7200}}
        ),
    ),
    "a stay that is too short gives its seconds back; both are marked": settle_case(
        [*pair("09:00", "09:05"), in_b("e3", "in", "09:00"), in_b("e4", "out", "10:00")],
        activities=A_AND_B,
        expect=sessions(
            stay("09:00", "09:05", 0, "BELOW_MIN_SESSION", "OVERLAP", "SITE_CONFLICT"),
            stay("09:00", "10:00", 3600, "OVERLAP", "SITE_CONFLICT", act="B1"),
        ),
    ),
    "two gaps: every part that is left counts": settle_case(
        [
            in_b("e1", "in", "10:00"),
            in_b("e2", "out", "10:30"),
            scan("e3", "in", "09:00"),
            scan("e4", "out", "12:00"),
        ],
        rules={"break_mode": "scheduled"},
        activities={
            "A1": activity(breaks=[[at("09:30"), at("09:45")], [at("11:00"), at("11:15")]]),
            "B1": activity(),
        },
        expect=sessions(
            stay("09:00", "12:00", 9000, "BREAK_DEDUCTED", "OVERLAP"),
            stay("10:00", "10:30", 0, "BELOW_MIN_SESSION", "OVERLAP", act="B1"),
        ),
    ),
    "later seconds of the day are cut, whosever they are": settle_case(
        [*pair("07:00", "12:00"), in_b("e3", "in", "13:00"), in_b("e4", "out", "18:00")],
        activities=A_AND_B,
        expect=sessions(
            stay("07:00", "12:00", 18000),
            stay("13:00", "18:00", 10800, "DAILY_CAP", act="B1"),
            total={"V1": {"t_s": 28800, "hours": "8.00"}},
        ),
    ),
    # S10, S11, S12
    "the daily cap is exact": settle_case(
        [scan("e1", "in", "08:00"), scan("e2", "out", SECONDS.format("16:00:01"))],
        expect=sessions(stay("08:00", SECONDS.format("16:00:01"), 28800, "DAILY_CAP")),
    ),
    "8 h are not above the cap": settle_case(
        pair("08:00", "16:00"), expect=sessions(stay("08:00", "16:00", 28800))
    ),
    "what the cap leaves is not tested against the minimum again": settle_case(
        [*pair("06:00", "13:55"), scan("e3", "in", "15:00"), scan("e4", "out", "17:00")],
        expect=sessions(stay("06:00", "13:55", 28500), stay("15:00", "17:00", 300, "DAILY_CAP")),
    ),
    "each local date has its own cap": settle_case(
        [scan("e1", "in", "2026-03-07T17:00:00+08:00"), scan("e2", "out", "2026-03-08T04:00:00+08:00")],
        rules={"daily_cap_s": 18000},
        expect=sessions(
            stay(
                "17:00",
                "2026-03-08T04:00:00+08:00",
                32400,
                "DAILY_CAP",
                by_date={"2026-03-07": 18000, "2026-03-08": 14400},
            )
        ),
    ),
    "a check-out alone is dated by itself": settle_case(
        [scan("e1", "out", "2026-03-08T00:00:00+08:00")],
        expect=sessions(stay(None, "2026-03-08T00:00:00+08:00", 0, "MISSING_IN", line_date="2026-03-08")),
    ),
    "dates are those of the settlement's zone": settle_case(
        pair("09:00", "10:00"),
        rules={"settlement_tz": "America/New_York"},
        expect=sessions(stay("09:00", "10:00", 3600, line_date="2026-03-06")),
    ),
    # S16
    "an entry by hand counts instead of a check-out": settle_case(
        [*pair("09:00", "11:00"), by_hand("h1", "out", "12:00", instead_of=["e2"])],
        expect=sessions(stay("09:00", "12:00", 10800, "MANUAL"), outcomes={"e2": "replaced"}),
    ),
    "one entry counts instead of several events": settle_case(
        [
            *pair("09:00", "10:00"),
            scan("e3", "in", "11:00"),
            scan("e4", "out", "12:00"),
            by_hand("h1", "out", "12:00", instead_of=["e2", "e3", "e4"]),
        ],
        expect=sessions(
            stay("09:00", "12:00", 10800, "MANUAL"),
            outcomes={"e2": "replaced", "e3": "replaced", "e4": "replaced"},
        ),
    ),
    "it may stand for an event of another activity": settle_case(
        [
            *pair("09:00", "11:00", act="A2"),
            by_hand("h1", "in", "09:00", instead_of=["e1"]),
            by_hand("h2", "out", "11:00", instead_of=["e2"]),
        ],
        activities={"A1": activity(), "A2": activity()},
        expect=sessions(
            stay("09:00", "11:00", 7200, "MANUAL"), outcomes={"e1": "replaced", "e2": "replaced"}
        ),
    ),
    "a stay that grew because an event between was taken away is by hand as well": settle_case(
        [
            *pair("09:00", "10:00"),
            scan("e3", "in", "15:00"),
            scan("e4", "out", "16:00"),
            by_hand("h1", "in", "2026-03-06T09:00:00+08:00", instead_of=["e2", "e3"]),
        ],
        expect=sessions(
            stay("2026-03-06T09:00:00+08:00", None, 0, "MANUAL", "MISSING_OUT"),
            stay("09:00", "16:00", 25200, "MANUAL"),
            outcomes={"e2": "replaced", "e3": "replaced"},
        ),
    ),
    "so is one elsewhere that is no longer overlapped": settle_case(
        [
            *pair("09:00", "11:00", act="A2"),
            scan("e3", "in", "09:00"),
            scan("e4", "out", "11:00"),
            by_hand("h1", "out", "2026-03-08T09:00:00+08:00", act="A2", instead_of=["e1", "e2"]),
        ],
        activities={"A1": activity(), "A2": activity()},
        expect=sessions(
            stay("09:00", "11:00", 7200, "MANUAL"),
            stay(None, "2026-03-08T09:00:00+08:00", 0, "MANUAL", "MISSING_IN", act="A2"),
            outcomes={"e1": "replaced", "e2": "replaced"},
        ),
    ),
    "so are the others of its date, and no others": settle_case(
        [
            scan("e1", "toggle", "09:00"),
            scan("e2", "toggle", "10:00"),
            scan("e3", "toggle", "11:00"),
            scan("e4", "in", "2026-03-06T09:00:00+08:00"),
            scan("e5", "out", "2026-03-06T10:00:00+08:00"),
            by_hand("h1", "in", "2026-03-05T09:00:00+08:00", instead_of=["e1"]),
        ],
        expect=sessions(
            stay("2026-03-05T09:00:00+08:00", None, 0, "MANUAL", "MISSING_OUT"),
            stay("2026-03-06T09:00:00+08:00", "2026-03-06T10:00:00+08:00", 3600),
            stay("10:00", "11:00", 3600, "MANUAL"),
            outcomes={"e1": "replaced"},
        ),
    ),
    "a replaced event may claim any time": settle_case(
        [
            *pair("09:00", "10:00"),
            scan("e3", "out", "9999-12-31T23:59:59+00:00"),
            by_hand("h1", "out", "10:30", instead_of=["e2", "e3"]),
        ],
        expect=sessions(
            stay("09:00", "10:30", 5400, "MANUAL"), outcomes={"e2": "replaced", "e3": "replaced"}
        ),
    ),
    "one that is held replaces nothing": settle_case(
        [*pair("09:00", "11:00"), by_hand("h1", "out", "12:00", confirmed_by=None, instead_of=["e2"])],
        expect=sessions(stay("09:00", "11:00", 7200), outcomes={"h1": "held:MANUAL_UNCONFIRMED"}),
    ),
    "nobody replaces the event of another": settle_case(
        [*pair("09:00", "11:00"), by_hand("h1", "out", "12:00", vol="V2", instead_of=["e2"])],
        expect=sessions(
            stay("09:00", "11:00", 7200), stay(None, "12:00", 0, "MANUAL", "MISSING_IN"), outcomes={}
        ),
    ),
    "the last word on a time does not bring back the first": settle_case(
        [
            *pair("09:00", "11:00"),
            by_hand("h1", "out", "12:00", instead_of=["e2"]),
            by_hand("h2", "out", "12:30", instead_of=["h1"]),
        ],
        expect=sessions(
            stay("09:00", "12:30", 12600, "MANUAL"), outcomes={"e2": "replaced", "h1": "replaced"}
        ),
    ),
    "an entry does not replace itself": settle_case(
        [scan("e1", "in", "09:00"), by_hand("h1", "out", "12:00", instead_of=["h1"])],
        expect=sessions(stay("09:00", "12:00", 10800, "MANUAL"), outcomes={}),
    ),
    "another content under a taken id replaces nothing": settle_case(
        [
            *pair("09:00", "11:00"),
            by_hand("h1", "out", "12:00", vol="V2"),
            by_hand("h1", "out", "12:00", instead_of=["e2"]),
        ],
        expect=sessions(
            stay("09:00", "11:00", 7200),
            stay(None, "12:00", 0, "MANUAL", "MISSING_IN"),
            outcomes={"h1": "used", "h1#2": "held:EVENT_ID_CONFLICT"},
        ),
    ),
    "a replaced event is replaced, whatever would hold it": settle_case(
        [
            scan("e1", "in", "09:00"),
            scan("e2", "out", "11:00", act="A404"),
            by_hand("h1", "out", "11:00", instead_of=["e2"]),
        ],
        expect=sessions(stay("09:00", "11:00", 7200, "MANUAL"), outcomes={"e2": "replaced"}),
    ),
    "a blank reason is none": settle_case(
        [by_hand("e1", "in", "09:00", reason="  ")], expect=sessions(outcomes={"e1": "held:MANUAL_NO_REASON"})
    ),
    "the volunteer may not confirm the own time": settle_case(
        [by_hand("e1", "in", "09:00", confirmed_by="V1")],
        expect=sessions(outcomes={"e1": "held:MANUAL_SELF"}),
    ),
    "nor enter it, even if the same person confirmed it": settle_case(
        [by_hand("e1", "in", "09:00", entered_by="V1", confirmed_by="V1")],
        expect=sessions(outcomes={"e1": "held:MANUAL_SELF"}),
    ),
    "a second person is needed": settle_case(
        [by_hand("e1", "in", "09:00", confirmed_by=None)],
        expect=sessions(outcomes={"e1": "held:MANUAL_UNCONFIRMED"}),
    ),
    "a time by hand for nobody in particular has no credential": settle_case(
        [by_hand("e1", "in", "09:00", vol=None)], expect=sessions(outcomes={"e1": "held:UNKNOWN_CREDENTIAL"})
    ),
}


@pytest.mark.parametrize("sentence", SENTENCES)
def test_it_keeps_the_sentence(sentence):
    assert mismatches(SENTENCES[sentence]) == []
