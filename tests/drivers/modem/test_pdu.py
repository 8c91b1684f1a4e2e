from datetime import UTC, datetime, timedelta, timezone

import pytest
from gsmmodem.pdu import Concatenation, decodeSmsPdu
from smspdudecoder.easy import read_incoming_sms

from drivers.modem.pdu import PartOf, decode_received, decode_submitted, encode_submitted
from drivers.modem.sms_fields import (
    AddressKind,
    Octets,
    PduError,
    alphabet_of,
    read_address,
    read_time,
    write_time,
)
from drivers.reading import Secret
from drivers.simulated.modem import received_pdus

# Received: a Nokia forum's real message, and two that three other decoders (gammu too) decode alike.
ARABIC = "07910201956905F0040B910201014160F3000820219130521580040628062A"
DATA = "0891683108100005F0040D91683119325476F8000462112240030023"
"""Up to the length of data in eight bits."""
CHECK_IN = "0891683108100005F0040D91683119325476F8000862112240030023107B7E5230003100320033003400350036"
PART_2 = (
    "0891683108100005F0440D91683119325476F80008621122400300231E0500037A02"
    "027B2C4E8C6BB5FF1A00380037003600350034003300320031"
)
# Submitted: Neoway's and Motorola's manuals, gammu and python-gsmmodem-new.
NEOWAY = "0001000B813124819396F300080A00680065006C006C006F"
MOTOROLA = "07917952140230F251000A8150446585300000A70D050003090301123456786543"
GAMMU = "0891683108100005F011000B813119325476F80008FF087B7E52306210529F"
GSMMODEM = "0021000BA13119325476F80008087B7E52306210529F"

SENT_MS = 1_795_300_000_000


def utc_ms(*moment, hours):
    return int(datetime(*moment, tzinfo=timezone(timedelta(hours=hours))).timestamp()) * 1000


def joined(texts):
    """Join texts; python-gsmmodem-new leaves the halves of characters beyond U+FFFF apart."""
    return "".join(texts).encode("utf-16-le", "surrogatepass").decode("utf-16-le")


def spoiled(pdu, place, octet):
    octets = bytearray.fromhex(pdu)
    octets[place] = octet
    return octets.hex()


@pytest.mark.parametrize(
    ("pdu", "sender", "text", "sent_ms"),
    [
        (ARABIC, "+20101014063", "بت", utc_ms(2002, 12, 19, 3, 25, 51, hours=2)),
        (CHECK_IN, "+8613912345678", "签到123456", utc_ms(2026, 11, 22, 4, 30, hours=8)),
        (PART_2, "+8613912345678", "第二段：87654321", utc_ms(2026, 11, 22, 4, 30, hours=8)),
    ],
)
def test_it_decodes_the_worked_messages(pdu, sender, text, sent_ms):
    sms = decode_received(pdu)
    assert (sms.sender.dialled(), sms.data.text, sms.sent_ms) == (sender, text, sent_ms)


@pytest.mark.parametrize("pdu", [ARABIC, CHECK_IN, PART_2])
def test_it_agrees_with_two_other_decoders(pdu):
    sms = decode_received(pdu)
    first, second = decodeSmsPdu(pdu), read_incoming_sms(pdu)
    assert sms.sender.dialled() == first["number"] == second["sender"]
    assert sms.data.text == first["text"] == second["content"]
    assert sms.sent_ms == int(first["time"].timestamp()) * 1000 == int(second["date"].timestamp()) * 1000


def test_it_knows_which_part_of_a_text_a_message_is():
    assert decode_received(PART_2).data.part == PartOf(0x7A, 2, 2)
    assert decode_received(CHECK_IN).data.part is None


@pytest.mark.parametrize(
    ("pdu", "recipient", "text"),
    [
        (NEOWAY, "13421839693", "hello"),
        (MOTOROLA, "0544565803", "Ç4,a+6"),
        (GAMMU, "13912345678", "签到成功"),
        (GSMMODEM, "13912345678", "签到成功"),
    ],
)
def test_it_decodes_what_others_submit(pdu, recipient, text):
    address, data = decode_submitted(pdu)
    assert (address.dialled(), data.text) == (recipient, text)


def test_it_reads_lower_case_hexadecimal():
    assert decode_received(CHECK_IN.lower()) == decode_received(CHECK_IN)


@pytest.mark.parametrize(
    "text", ["A", "7" * 160, "€" * 80, "签" * 70, "7" * 161, "€" * 100, "签到" * 200, "🙂" * 40]
)
def test_other_decoders_read_what_it_submits(text):
    messages = encode_submitted("+8613912345678", Secret(text), reference=0x1C3)
    theirs = [decodeSmsPdu(message.pdu) for message in messages]
    assert {their["number"] for their in theirs} == {"+8613912345678"}
    assert joined(their["text"] for their in theirs) == text
    assert [their["tpdu_length"] for their in theirs] == [message.octets for message in messages]
    if len(messages) > 1:
        parts = [
            next(element for element in their["udh"] if isinstance(element, Concatenation))
            for their in theirs
        ]
        assert {part.reference for part in parts} == {0xC3}
        assert [(part.number, part.parts) for part in parts] == [
            (index, len(messages)) for index in range(1, len(messages) + 1)
        ]


@pytest.mark.parametrize(
    ("text", "fields", "octets"),
    [("签到成功", "00080B087B7E52306210529F", 22), ("hello", "00000B05E8329BFD06", 19)],
)
def test_it_submits_the_octets_of_the_standard(text, fields, octets):
    (message,) = encode_submitted("13912345678", Secret(text), reference=1)
    assert message.pdu == "0011000B813119325476F8" + fields
    assert message.octets == octets
    assert fields[-8:] not in repr(message)


def test_it_submits_to_the_longest_number():
    (message,) = encode_submitted("1" * 20, Secret("A"), reference=1)
    assert decode_submitted(message.pdu)[0].dialled() == "1" * 20


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("7" * 160, 1),
        ("7" * 161, 2),
        ("7" * 306, 2),
        ("7" * 307, 3),
        ("签" * 70, 1),
        ("签" * 71, 2),
        ("签" * 134, 2),
    ],
)
def test_it_fills_each_message_to_the_limit(text, parts):
    messages = encode_submitted("13912345678", Secret(text), reference=1)
    assert len(messages) == parts
    assert all(message.octets <= 8 + 7 + 140 for message in messages)


def test_it_never_cuts_a_character_in_two():
    for text in ("签" * 66 + "🙂" + "签" * 10, "7" * 152 + "€" + "7" * 20):
        messages = encode_submitted("13912345678", Secret(text), reference=1)
        pieces = [decode_submitted(message.pdu)[1].text for message in messages]
        assert "".join(pieces) == text
        assert not any("\ud800" <= character <= "\udfff" for piece in pieces for character in piece)


@pytest.mark.parametrize("number", ["", "+", "CMB", "139 1234", "1" * 21, "１３９"])
def test_it_submits_to_phone_numbers_only(number):
    with pytest.raises(PduError, match="phone number") as caught:
        encode_submitted(number, Secret("A"), reference=1)
    assert "roster" in caught.value.remedy


def test_it_refuses_a_text_that_needs_too_many_messages():
    assert len(encode_submitted("13912345678", Secret("签" * 67 * 8), reference=1)) == 8
    with pytest.raises(PduError, match="more than 8"):
        encode_submitted("13912345678", Secret("签" * 67 * 8 + "到"), reference=1)


@pytest.mark.parametrize("text", ["签到123456", "IN 4711", "IN 4711 " * 30, "签" * 150])
def test_other_decoders_read_what_the_simulated_network_delivers(text):
    pdus = received_pdus("+8613912345678", text, sent_ms=SENT_MS)
    assert "".join(decodeSmsPdu(pdu)["text"] for pdu in pdus) == text
    assert "".join(read_incoming_sms(pdu)["content"] for pdu in pdus) == text
    assert "".join(decode_received(pdu).data.text for pdu in pdus) == text
    assert {int(decodeSmsPdu(pdu)["time"].timestamp()) * 1000 for pdu in pdus} == {SENT_MS}


def test_it_knows_16_bit_references_and_keeps_them_apart_from_8_bit_ones():
    header = "060804007A0202"
    pdu = PART_2.replace("1E0500037A0202", "1F" + header)
    sms = decode_received(pdu)
    assert (sms.data.part.reference & 0xFFFF, sms.data.part.total, sms.data.part.index) == (0x7A, 2, 2)
    assert sms.data.part.reference != decode_received(PART_2).data.part.reference
    assert sms.data.text == decode_received(PART_2).data.text


def test_it_finds_the_part_behind_another_element_of_the_header():
    pdu = PART_2.replace("1E0500037A0202", "210824010100037A0202")
    assert decode_received(pdu).data == decode_received(PART_2).data


def test_it_knows_the_first_part():
    first = received_pdus("+8613912345678", "签" * 71, sent_ms=SENT_MS)[0]
    assert decode_received(first).data.part == PartOf(0x7A, 2, 1)


def test_it_leaves_out_half_a_ucs2_character():
    pdu = CHECK_IN.replace("107B7E", "117B7E") + "00"
    assert decode_received(pdu).data.text == "签到123456"


@pytest.mark.parametrize("part", ["0000", "0200", "0203"])
def test_it_ignores_a_part_that_can_not_be(part):
    assert decode_received(PART_2.replace("0500037A0202", "0500037A" + part)).data.part is None


@pytest.mark.parametrize(
    ("name", "packed"), [("Muster", "0BD0CDFA9C5E9603"), ("Weather", "0DD0D772988E2ECB01")]
)
def test_it_reads_a_name_as_sender(name, packed):
    sender = decode_received(CHECK_IN.replace("0D91683119325476F8", packed)).sender
    assert (sender.kind, sender.dialled()) == (AddressKind.NAME, name)


@pytest.mark.parametrize(
    ("kind", "dialled"), [("91", "+8613912345678"), ("81", "8613912345678"), ("A1", "8613912345678")]
)
def test_it_writes_a_plus_only_before_international_numbers(kind, dialled):
    assert decode_received(CHECK_IN.replace("0D91", "0D" + kind)).sender.dialled() == dialled


@pytest.mark.parametrize(
    "time", ["62132240030023", "62110040030023", "1A112240030023", "A1112240030023", "62112242030023"]
)
def test_it_keeps_a_message_whose_time_can_not_be(time):
    sms = decode_received(CHECK_IN.replace("62112240030023", time))
    assert (sms.sent_ms, sms.data.text) == (None, "签到123456")


@pytest.mark.parametrize("hours", [8, 0, 3])
def test_it_writes_times_that_it_reads(hours):
    assert read_time(write_time(SENT_MS, quarters=hours * 4)) == SENT_MS


def test_it_reads_zones_west_of_greenwich():
    # 2026-11-22 04:30:00 at UTC-08:00, sign in bit 3 of the low half.
    assert read_time(bytes.fromhex("6211224003002B")) == utc_ms(2026, 11, 22, 4, 30, hours=-8)


@pytest.mark.parametrize(
    ("coding", "alphabet"),
    [
        *[(coding, "7bit") for coding in (0x00, 0x0C, 0x11, 0x84, 0xC8, 0xD0, 0xF0)],
        *[(coding, "8bit") for coding in (0x04, 0x54, 0xF4)],
        *[(coding, "ucs2") for coding in (0x08, 0x18, 0x48, 0xE0)],
    ],
)
def test_it_knows_the_alphabet_of_each_coding(coding, alphabet):
    assert alphabet_of(coding) == alphabet


@pytest.mark.parametrize("text", ["4711", "IN 4711\r\n"])
def test_letters_of_ascii_are_read_from_data_of_eight_bits(text):
    content = text.encode("ascii")
    sms = decode_received(f"{DATA}{len(content):02X}{content.hex().upper()}")
    assert sms.data.text == text


@pytest.mark.parametrize(
    ("pdu", "why"),
    [
        ("", "too early"),
        ("ZZ", "hexadecimal"),
        ("0", "hexadecimal"),
        (GAMMU, "no received"),
        (spoiled(CHECK_IN, 9, 0x06), "no received"),
        (CHECK_IN[:-2], "too early"),
        (CHECK_IN[:30], "too early"),
        (spoiled(CHECK_IN, 10, 0xFF), "too long"),
        (CHECK_IN.replace("F80008", "F80004"), "data, not text"),
        (DATA + "034B45F1", "data, not text"),
        (DATA + "034B4500", "data, not text"),
        (CHECK_IN.replace("F80008", "F80028"), "compressed"),
        (CHECK_IN[: CHECK_IN.index("107B")] + "8D" + "00" * 141, "longer than a message"),
        (PART_2.replace("0500037A0202", "7F00037A0202"), "header is longer"),
        (PART_2.replace("0500037A0202", "0500097A0202"), "too early"),
    ],
)
def test_it_refuses_what_is_no_text_message(pdu, why):
    with pytest.raises(PduError, match=why):
        decode_received(pdu)


def test_a_refusal_repeats_nothing_of_the_message():
    with pytest.raises(PduError) as caught:
        decode_received(CHECK_IN[:-2])
    assert "7B7E" not in str(caught.value)


def test_what_it_decodes_does_not_show_in_a_log():
    shown = repr(decode_received(CHECK_IN))
    assert "签到" not in shown
    assert "139" not in shown


def test_an_empty_text_is_a_text():
    empty = CHECK_IN[: CHECK_IN.index("107B")] + "00"
    assert decode_received(empty).data.text == ""


def test_an_address_ends_where_its_length_says():
    assert read_address(Octets(bytes.fromhex("0391 2143 99"))).written == "123"


def test_the_time_of_a_message_is_in_utc():
    sent = datetime.fromtimestamp(decode_received(CHECK_IN).sent_ms / 1000, UTC)
    assert sent == datetime(2026, 11, 21, 20, 30, tzinfo=UTC)
