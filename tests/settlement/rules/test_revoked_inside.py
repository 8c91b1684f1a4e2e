"""A card that is revoked while its holder is inside (S2)."""

import pytest

from settlement.rules.evidence import Credential
from settlement.rules.flags import Flag
from tests.settlement.rules.cast import activity, at, between, manual, only_session, scan, settle

REVOKED = {"K1": Credential("V1", at("10:00") * 1000), "K2": Credential("V1")}


def with_revoked(*events, settle_at=None, **changes):
    return settle(
        [scan("e1", "in", "09:00"), *events], activity(**changes), credentials=REVOKED, settle_at=settle_at
    )


def test_a_card_revoked_while_its_holder_is_inside_is_credited_up_to_the_revocation():
    settlement = with_revoked(scan("e2", "out", "12:00"))
    session = only_session(settlement)
    assert (session.in_s, session.out_s, session.t_s) == (at("09:00"), at("10:00"), 3600)
    assert session.flags == (Flag.CREDENTIAL_REVOKED,)
    assert [(step.rule, step.code, step.at_s) for step in session.trace] == [
        ("S2", "CREDITED_TO_REVOCATION", at("10:00"))
    ]
    assert (settlement.outcomes[1], session.out_event) == ("held:CREDENTIAL_REVOKED", "e2")


def test_of_several_scans_with_it_the_first_is_named():
    session = only_session(with_revoked(scan("e2", "toggle", "12:00"), scan("e3", "out", "12:30")))
    assert (session.out_s, session.out_event) == (at("10:00"), "e2")


@pytest.mark.parametrize(
    "other",
    [
        scan("e2", "in", "12:00"),
        scan("e2", "out", "21:00:01"),
        manual("e2", "in", "09:30"),
    ],
    ids=["coming again", "too late for this stay", "no scan of it at all"],
)
def test_what_is_no_leaving_with_that_card_ends_nothing(other):
    assert Flag.CREDENTIAL_REVOKED not in {
        flag for session in with_revoked(other).sessions for flag in session.flags
    }


def test_a_check_out_with_another_card_goes_before_it_whenever_it_came():
    session = only_session(
        with_revoked(scan("e2", "out", "11:00"), scan("e3", "out", "12:00", credential="K2"))
    )
    assert (session.t_s, session.flags) == (3 * 3600, ())


def test_as_long_as_somebody_may_still_be_there_a_revoked_card_ends_nothing():
    assert only_session(with_revoked(scan("e2", "out", "11:00"), settle_at=at("12:00"))).flags == (Flag.OPEN,)


def test_a_revocation_is_no_leaving_and_neither_early_nor_late():
    session = only_session(with_revoked(scan("e2", "out", "12:00"), shifts=(between("09:00", "17:00"),)))
    assert session.flags == (Flag.CREDENTIAL_REVOKED,)


def test_a_loose_clock_of_the_scan_takes_nothing_before_the_revocation_that_is_certain():
    sure = only_session(with_revoked(scan("e2", "out", "12:00", error_ms=3_600_000)))
    assert (sure.t_s, sure.flags) == (3600, (Flag.CLOCK_UNKNOWN, Flag.CREDENTIAL_REVOKED))
    unsure = only_session(with_revoked(scan("e2", "out", "10:10", error_ms=900_000)))
    assert unsure.t_s == 3600 - 300


def test_a_volunteer_of_whom_only_a_revoked_card_tells_has_no_total():
    settlement = settle([scan("e1", "out", "12:00")], activity(), credentials=REVOKED)
    assert (settlement.sessions, settlement.totals) == ((), {})
