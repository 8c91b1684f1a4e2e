import dataclasses
import datetime as dt
from enum import StrEnum

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.contactless.ntag424 import TagKeys
from drivers.reading import Presented
from drivers.simulated.ntag424 import SigningTag
from foundation.words import Words
from kiosk.credentials.identify import Identified, identify, refuse_replay
from kiosk.credentials.short_code import short_code
from sync.contract import badge
from sync.contract.badge import Badge, Form
from sync.contract.events import Assurance, Credential, Method
from sync.contract.pseudonym import Subject, older_reference
from sync.contract.roster import RosterCredential
from sync.contract.wire import Realm
from tests.kiosk.samples import (
    HOUR_MS,
    PSEUDONYM_KEY,
    ROSTER,
    TAG_KEYS,
    TAG_UID,
    index_of,
    known,
    reading,
    reference,
    tap_of,
    token,
)
from tests.sync.samples import NINE_MS, STRANGER_KEY


def who(text, presented=Presented.CODE, roster=ROSTER, **more) -> Identified:
    return identify(reading(text, presented, **more), index_of(roster), PSEUDONYM_KEY)


def badge_of(volunteer: int, serial: int = 1) -> Credential:
    return Credential(Method.BADGE, f"badge:{volunteer}.{serial}", Assurance.MEDIUM)


def phone_until(until_s: int) -> str:
    return token(1, form=Form.PHONE, serial=0, until_s=until_s)


def test_a_badge_names_its_volunteer():
    assert who(token(1)) == Identified(badge_of(1), "1")


@pytest.mark.parametrize("text", ["MUSTER1.ABC", " muster1.abc", "MUSTER2.X"])
def test_a_token_of_enrolment_leaves_not_even_a_hash(text):
    assert who(text) == Identified(None, reason="unknown_credential")


def test_a_phones_code_proves_more_than_a_printed_badge():
    shown = who(phone_until(NINE_MS // 1000 + 60))
    assert shown == Identified(Credential(Method.PHONE, "phone:1", Assurance.HIGH), "1")


def test_a_phones_code_ends_with_its_second():
    assert who(phone_until(NINE_MS // 1000)).reason == ""
    assert who(phone_until(NINE_MS // 1000 - 1)).reason == "expired_phone"


def test_a_badge_ends_with_its_last_day():
    yesterday = token(1, last_day=dt.date(2026, 11, 16))
    assert who(yesterday).reason == "expired_badge"
    assert who(token(1, last_day=dt.date(2026, 11, 18))).reason == ""


def test_a_revoked_badge_names_its_volunteer_and_is_refused():
    assert who(token(2)) == Identified(badge_of(2), "2", "revoked_credential")
    assert who(token(2, serial=2)).reason == ""


def test_a_revoked_badge_stays_revoked_when_it_has_ended_too():
    assert who(token(2, last_day=dt.date(2026, 1, 1))).reason == "revoked_credential"


def test_a_demos_badge_opens_nothing_real():
    assert who(token(1, demo=True)).reason == "other_realm"
    demo = msgspec.structs.replace(ROSTER, realm=Realm.DEMO)
    assert who(token(1), roster=demo).reason == "other_realm"
    assert who(token(1, demo=True), roster=demo).reason == ""


def test_a_forged_badge_names_nobody():
    assert who(badge.issue(Badge(1), STRANGER_KEY)) == Identified(None, reason="forged_badge")


@pytest.mark.parametrize("text", ["MB1:", "MB1:HELLO", "MB1:" + ":" * 113])
def test_a_badge_that_was_misread_is_unreadable(text):
    assert who(text) == Identified(None, reason="unreadable")


@pytest.mark.parametrize(
    ("presented", "text", "subject", "method", "assurance"),
    [
        (Presented.CODE, "LIB-00412", Subject.CODE, Method.OTHER_CODE, Assurance.LOW),
        (Presented.ID_NUMBER, "11010519491231002x", Subject.ID_NUMBER, Method.ID_CARD, Assurance.HIGH),
        (Presented.CARD_UID, "04:A2:B3:C4", Subject.CARD_UID, Method.CARD, Assurance.LOW),
        (Presented.TAG, "0A00ABCDEF", Subject.TAG, Method.TAG, Assurance.LOW),
        (Presented.KEYPAD, "482913", Subject.SMS_CODE, Method.SMS_CODE, Assurance.LOW),
    ],
)
def test_a_known_thing_stands_for_its_volunteer(presented, text, subject, method, assurance):
    shown = who(text, presented)
    assert shown.volunteer == "1"
    assert shown.reason == ""
    assert shown.credential == Credential(method, reference(subject, text), assurance)
    assert shown.one_use is (presented is Presented.KEYPAD)


@pytest.mark.parametrize(
    ("presented", "reason"),
    [
        (kind, "wrong_code" if kind is Presented.KEYPAD else "unknown_credential")
        for kind in Presented
        if kind is not Presented.SIGNED_TAP
    ],
)
def test_an_unknown_thing_names_nobody_and_is_kept_as_a_keyed_hash(presented, reason):
    shown = who("999999", presented, sender="999999")
    assert (shown.volunteer, shown.reason) == (None, reason)
    assert shown.credential.ref.startswith("keyed:")
    assert "999999" not in shown.credential.ref
    assert shown.credential.assurance is Assurance.LOW


class NewKind(StrEnum):
    """What somebody adds to `Presented`, and forgets to say here how it is looked up."""

    PALM = "palm"


def test_what_has_no_rule_yet_is_refused_and_nothing_of_it_is_kept():
    assert who("999999", NewKind.PALM) == Identified(None, reason="unknown_credential")
    assert Words("en").knows("reason-unknown_credential.remedy")


@given(st.text(max_size=200), st.sampled_from([*Presented, *NewKind]), st.none() | st.text(max_size=20))
def test_nothing_that_is_presented_raises(text, presented, sender):
    identify(reading(text, presented, sender=sender), index_of(), PSEUDONYM_KEY, TAG_KEYS)


def tapped(tag, keys=TAG_KEYS):
    return identify(tap_of(tag), index_of(), PSEUDONYM_KEY, keys)


@pytest.mark.parametrize("encrypts", [True, False])
def test_a_signed_tap_is_the_card_of_its_uid_and_proves_more(encrypts):
    shown = tapped(SigningTag(TAG_UID, TAG_KEYS, counter=61, encrypts=encrypts))
    ref = reference(Subject.CARD_UID, TAG_UID)
    assert shown == Identified(Credential(Method.CARD, ref, Assurance.HIGH, 62), "1")
    plain = who(TAG_UID, Presented.CARD_UID)
    assert plain == Identified(Credential(Method.CARD, ref, Assurance.LOW), "1")


def test_a_signed_tap_of_an_unknown_card_is_unknown():
    shown = tapped(SigningTag("04FFFFFFFFFFFF", TAG_KEYS))
    assert (shown.volunteer, shown.reason, shown.credential.counter) == (None, "unknown_credential", 1)


def test_a_tap_that_others_signed_names_nobody():
    assert tapped(SigningTag(TAG_UID, TagKeys(bytes(16), bytes(16)))) == Identified(None, reason="forged_tag")
    assert tapped(SigningTag(TAG_UID, TagKeys(TAG_KEYS.meta, bytes(16)))) == Identified(
        None, reason="forged_tag"
    )


def test_a_tap_without_keys_to_verify_it_names_nobody():
    assert tapped(SigningTag(TAG_UID, TAG_KEYS), None) == Identified(None, reason="unreadable")


@pytest.mark.parametrize("text", ["", "hello", "AB.CD", "99999999"])
def test_a_tap_that_is_none_is_unreadable(text):
    shown = identify(reading(text, Presented.SIGNED_TAP), index_of(), PSEUDONYM_KEY, TAG_KEYS)
    assert shown == Identified(None, reason="unreadable")


def test_only_a_counter_that_grew_is_taken():
    shown = tapped(SigningTag(TAG_UID, TAG_KEYS, counter=61))
    assert refuse_replay(shown, 61) is shown
    assert refuse_replay(shown, -1) is shown
    for highest in (62, 63):
        assert refuse_replay(shown, highest) == Identified(shown.credential, reason="replayed_tap")
    plain = who(TAG_UID, Presented.CARD_UID)
    assert refuse_replay(plain, 62) is plain


def test_a_phone_held_to_the_reader_is_told_so():
    assert who("08A2B3C4", Presented.CARD_UID) == Identified(None, reason="random_uid")


def test_the_same_digits_on_another_thing_are_somebody_else():
    assert who("482913", Presented.TAG).volunteer is None
    assert who("0A00ABCDEF", Presented.CARD_UID).volunteer is None


def test_a_credential_of_another_method_is_not_taken():
    """A reference that the roster lists for another way of presenting it."""
    wrong = RosterCredential(reference(Subject.TAG, "0A00ABCDEF"), "1", Method.ID_CARD, Assurance.HIGH)
    roster = msgspec.structs.replace(ROSTER, credentials=[wrong])
    assert who("0A00ABCDEF", Presented.TAG, roster).volunteer is None


@pytest.mark.parametrize("typed", ["48291", "4829133", "13800138000"])
def test_anything_but_six_digits_is_refused_at_once_and_nothing_of_it_is_kept(typed):
    assert who(typed, Presented.KEYPAD) == Identified(None, reason="not_six_digits")


def test_a_code_ends_when_the_roster_says():
    assert who("482913", Presented.KEYPAD, wall_ms=NINE_MS + HOUR_MS - 1).reason == ""
    assert who("482913", Presented.KEYPAD, wall_ms=NINE_MS + HOUR_MS).reason == "code_expired"


HELD = [
    (Presented.CODE, "LIB-00412", Subject.CODE, "other_code"),
    (Presented.ID_NUMBER, "11010519491231002X", Subject.ID_NUMBER, "id_card"),
    (Presented.CARD_UID, "04A2B3C4", Subject.CARD_UID, "card"),
    (Presented.TAG, "0A00ABCDEF", Subject.TAG, "tag"),
    (Presented.SMS, "+8613800138000", Subject.PHONE, "sms_in"),
]
"""What people hold for longer than a code lives."""


@pytest.mark.parametrize(("presented", "text", "subject", "method"), HELD)
def test_what_was_taken_back_is_refused_as_such_though_a_roster_names_its_holder_no_longer(
    presented, text, subject, method
):
    ref = reference(subject, text)
    roster = msgspec.structs.replace(ROSTER, credentials=[], revoked=[ref])
    shown = who(text, presented, roster, sender=text)
    assert (shown.volunteer, shown.reason) == (None, "revoked_credential")
    assert (shown.credential.method, shown.credential.ref) == (method, ref)


@pytest.mark.parametrize(("presented", "text", "subject", "method"), HELD)
def test_what_people_hold_ends_with_a_reason_of_its_own(presented, text, subject, method):
    ending = known(subject, text, method, expires_ms=NINE_MS)
    roster = msgspec.structs.replace(ROSTER, credentials=[ending])
    shown = who(text, presented, roster, sender=text)
    assert (shown.volunteer, shown.reason) == ("1", "expired_credential")
    assert who(text, presented, roster, sender=text, wall_ms=NINE_MS - 1).reason != "expired_credential"


def test_a_signed_tap_of_a_card_that_was_taken_back_is_refused_as_such():
    ref = reference(Subject.CARD_UID, TAG_UID)
    roster = msgspec.structs.replace(ROSTER, credentials=[], revoked=[ref])
    tap = tap_of(SigningTag(TAG_UID, TAG_KEYS))
    shown = identify(tap, index_of(roster), PSEUDONYM_KEY, TAG_KEYS)
    assert (shown.volunteer, shown.reason, shown.credential.counter) == (None, "revoked_credential", 1)


def test_a_typed_code_that_was_taken_back_is_over():
    ref = reference(Subject.SMS_CODE, "482913")
    roster = msgspec.structs.replace(ROSTER, credentials=[], revoked=[ref])
    assert who("482913", Presented.KEYPAD, roster).reason == "code_expired"


def test_what_is_listed_and_taken_back_is_taken_back():
    roster = msgspec.structs.replace(ROSTER, credentials=[known(Subject.CODE, "LOST-1", "other_code")])
    assert who("LOST-1", roster=roster).reason == "revoked_credential"


def test_a_text_message_is_recognised_by_its_sender_and_the_digits_on_the_screen():
    code = short_code(PSEUDONYM_KEY, ROSTER.terminal, NINE_MS)
    shown = who(f"in please {code}", Presented.SMS, sender="+8613800138000")
    assert (shown.volunteer, shown.reason, shown.from_afar) == ("1", "", False)
    assert shown.credential == Credential(
        Method.SMS_IN, reference(Subject.PHONE, "+8613800138000"), Assurance.LOW
    )


@pytest.mark.parametrize("said", ["in 12", "in 123456", "三 1"])
def test_a_text_message_with_other_digits_than_those_on_the_screen_is_refused(said):
    shown = who(said, Presented.SMS, sender="+8613800138000")
    assert (shown.volunteer, shown.reason, shown.asks_code) == ("1", "wrong_code", False)
    assert shown.from_afar


@pytest.mark.parametrize("said", ["in please", "签到", ""])
def test_a_text_message_without_any_digits_asks_for_a_code(said):
    shown = who(said, Presented.SMS, sender="+8613800138000")
    assert (shown.volunteer, shown.reason, shown.asks_code) == ("1", "", True)
    assert shown.from_afar
    assert not who(said, Presented.SMS, sender="+8613900139000").asks_code


CHINESE, AMERICAN = "+8613102345678", "+13102345678"
"""Two people whose numbers differ in their country alone."""


@pytest.mark.parametrize(("holder", "other"), [(CHINESE, AMERICAN), (AMERICAN, CHINESE)])
def test_the_same_number_of_another_country_is_somebody_else(holder, other):
    code = short_code(PSEUDONYM_KEY, ROSTER.terminal, NINE_MS)
    roster = msgspec.structs.replace(ROSTER, credentials=[known(Subject.PHONE, holder, "sms_in")])
    assert who(code, Presented.SMS, roster, sender=holder).volunteer == "1"
    shown = who(code, Presented.SMS, roster, sender=other)
    assert (shown.volunteer, shown.reason) == (None, "unknown_credential")


@pytest.fixture
def older():
    """A roster from a list that was imported by 0.1."""
    ref = older_reference(PSEUDONYM_KEY, Subject.PHONE, CHINESE)
    held = msgspec.structs.replace(known(Subject.PHONE, CHINESE, "sms_in"), ref=ref)
    return msgspec.structs.replace(ROSTER, credentials=[held])


def test_a_telephone_that_was_imported_by_0_1_is_still_known_and_lets_no_stranger_in(older):
    code = short_code(PSEUDONYM_KEY, ROSTER.terminal, NINE_MS)
    shown = who(code, Presented.SMS, older, sender=CHINESE)
    assert (shown.volunteer, shown.credential.ref) == ("1", older.credentials[0].ref)
    stranger = who(code, Presented.SMS, older, sender=AMERICAN)
    assert (stranger.volunteer, stranger.reason) == (None, "unknown_credential")


@pytest.mark.parametrize("revoked", ["now", "by 0.1"])
def test_one_that_was_taken_back_is_refused_however_it_was_imported(older, revoked):
    code = short_code(PSEUDONYM_KEY, ROSTER.terminal, NINE_MS)
    ref = reference(Subject.PHONE, CHINESE) if revoked == "now" else older.credentials[0].ref
    held = older.credentials if revoked == "now" else []
    roster = msgspec.structs.replace(older, credentials=held, revoked=[ref])
    shown = who(code, Presented.SMS, roster, sender=CHINESE)
    assert (shown.volunteer, shown.reason) == (None, "revoked_credential")


def test_a_text_message_is_never_recognised_by_what_it_says():
    assert who("13800138000", Presented.SMS, sender="+8613900139000").volunteer is None
    assert who("13800138000", Presented.SMS).volunteer is None


def test_what_is_presented_at_a_device_is_never_from_afar():
    for presented, text, _, _ in HELD[:-1]:
        assert not who(text, presented).from_afar
    code = short_code(PSEUDONYM_KEY, ROSTER.terminal, NINE_MS)
    assert who(code, Presented.SMS).from_afar  # a carrier's advert has no sender
    assert who(code, Presented.SMS, sender="+8613900139000").from_afar


@pytest.mark.parametrize("nothing", ["", " ", "---"])
def test_nothing_stands_for_nobody(nothing):
    """Even where a roster was made from a list with empty columns."""
    for presented, subject, method in (
        (Presented.KEYPAD, Subject.SMS_CODE, "sms_code"),
        (Presented.TAG, Subject.TAG, "tag"),
        (Presented.SMS, Subject.PHONE, "sms_in"),
    ):
        roster = msgspec.structs.replace(ROSTER, credentials=[known(subject, "", method)])
        assert who(nothing, presented, roster, sender=nothing).volunteer is None


def test_digits_from_another_keyboard_are_the_same_code():
    assert who("٤٨٢٩١٣", Presented.KEYPAD).volunteer == "1"


@pytest.mark.parametrize(
    "text",
    [
        "https://example.org/wifi",
        "HTTP://EXAMPLE.ORG",
        "WIFI:S:guests;T:WPA;P:12345678;;",
        "weixin://dl/business",
        "wxp://f2f0abc",
        "alipays://platformapi",
        "tel:+8613800138000",
        "BEGIN:VCARD\nFN:Zoë",
        "MECARD:N:Li;;",
        "www.example.org",
        "bytes:D6BED4B8",
    ],
)
def test_a_code_that_was_made_for_something_else_is_told_as_that(text):
    shown = who(text)
    assert (shown.volunteer, shown.reason) == (None, "foreign_code")
    assert shown.credential.ref == reference(Subject.CODE, text)


@pytest.mark.parametrize("text", ["LIB-00413", "2026-0042", "读者证 5", "HTTPS", "a:b", "telephone 5"])
def test_an_unknown_card_may_be_a_volunteers(text):
    assert who(text).reason == "unknown_credential"


def test_a_card_whose_bytes_declare_no_text_is_known_by_them():
    learnt = known(Subject.CODE, "bytes:d6bed4b8", "other_code")
    roster = msgspec.structs.replace(ROSTER, credentials=[*ROSTER.credentials, learnt])
    assert identify(reading("bytes:D6BED4B8"), index_of(roster), PSEUDONYM_KEY).volunteer == "1"


def test_one_code_of_several_stands_for_nobody_and_nothing_of_it_is_kept():
    part = dataclasses.replace(reading("LIB-00412"), is_part=True)
    assert identify(part, index_of(), PSEUDONYM_KEY) == Identified(None, reason="code_in_parts")
