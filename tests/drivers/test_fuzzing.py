"""Every parser against noise, and against good frames that were cut, spoiled and joined.

Each target says what must hold for any input: no error but the announced one, the same events however the
bytes were cut, and a good frame understood after the noise.
"""

import functools
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from drivers.contactless.ndef import web_address
from drivers.contactless.ntag424 import TagKeys, tap_message, verify_message, verify_tap
from drivers.contactless.type4_tag import read_ndef
from drivers.contactless.uid import UidOrder, uid_from
from drivers.em4100 import Em4100Framing, Tag
from drivers.id_card.frames import LONGEST_FRAME, Reply, ReplyFraming
from drivers.id_card.text import number_from
from drivers.keyboard.keys import Entered, Key, KeyDecoder, KeypadEntry, KeysLost
from drivers.modem.inbox import StoredPdu, look_into
from drivers.modem.pdu import decode_received, decode_submitted, encode_submitted
from drivers.modem.protocol import (
    Answer,
    ModemDialogue,
    is_registered,
    require_sim,
    signal_dbm,
    store_level,
    stored_pdus,
)
from drivers.modem.sms_fields import PduError
from drivers.reading import Secret
from drivers.scanner import LONGEST_TEXT, Scan, ScannerFraming
from drivers.settings import Checksum, Terminator
from drivers.simulated.id_card import card_text, read_reply, reply
from drivers.simulated.modem import received_pdus
from drivers.simulated.ntag424 import SigningTag
from foundation.code_text import BYTES_PREFIX
from foundation.errors import CredentialError, DeviceError
from foundation.telephone import e164

TAG = b"\x02010063E9AE25\x03"
CARD = read_reply(card_text("999999199001010016"))
LIST = b"\r\n+CMGL: 1,0,,28\r\n0891AA\r\n\r\nOK\r\n"
PDUS = [
    *received_pdus("+8613912345678", "编号4711签到" * 20, sent_ms=1_795_300_000_000),
    *received_pdus("13912345678", "IN 4711 €", sent_ms=1_795_300_000_000),
    encode_submitted("+8613912345678", Secret("OK"), reference=1)[0].pdu,
]
NDEF = [
    read_ndef(SigningTag("04DE5F1EACC040", TagKeys(bytes(16), bytes(16)), encrypts=encrypts).held())
    for encrypts in (True, False)
]


def cut_alike(new_feed, pieces):
    """The events of the bytes as one piece, asserted to be those of the pieces and of single bytes."""
    whole = b"".join(pieces)
    events = new_feed()(whole)
    for cut in (pieces, [bytes([byte]) for byte in whole]):
        feed = new_feed()
        assert [event for piece in cut for event in feed(piece)] == events
    return events


def check_scanner(pieces):
    for terminator in Terminator:
        cut_alike(lambda which=terminator: ScannerFraming(which).feed, pieces)
    framing = ScannerFraming()
    events = framing.feed(b"".join(pieces)) + framing.silence()
    texts = [event.text.reveal() for event in events if isinstance(event, Scan)]
    assert not any(unicodedata.category(one) == "Cc" for text in texts for one in text)
    assert all(0 < len(text) <= len(BYTES_PREFIX) + 2 * LONGEST_TEXT for text in texts)
    assert framing.feed(b"GOOD\r") == [Scan(Secret("GOOD"))]


def check_em4100(pieces):
    for checksum in Checksum:
        cut_alike(lambda which=checksum: Em4100Framing(which).feed, pieces)
    framing = Em4100Framing()
    for piece in pieces:
        framing.feed(piece)
    assert framing.feed(TAG)[-1] == Tag(Secret("010063E9AE"))


def check_id_card(pieces):
    for event in cut_alike(lambda: ReplyFraming().feed, pieces):
        if isinstance(event, Reply):
            try:
                assert number_from(event.data).reveal()
            except CredentialError as error:
                assert error.code == "unreadable"  # noqa: PT017 - most replies hold no card
            event.wipe()
            assert not any(event.data)
    framing = ReplyFraming()
    for piece in pieces:
        framing.feed(piece)
    framing.feed(bytes(LONGEST_FRAME + 7))
    assert len(framing._buffer) <= LONGEST_FRAME + 7
    assert framing.feed(reply(0x80))[-1] == Reply(0x80, bytearray())


def check_card_text(pieces):
    data = bytearray(CARD[10:-1])
    for place, octet in enumerate(b"".join(pieces)):
        data[(place * 37 + octet) % len(data)] = octet
    try:
        number = number_from(data).reveal()
    except CredentialError:
        return
    assert len(number) in (15, 18)
    assert number.isascii()
    assert number.isalnum()


def check_modem(pieces):
    def listening():
        dialogue = ModemDialogue()
        dialogue.ask("AT+CMGL=4", prefix="+CMGL:", prompts=True)
        return dialogue.feed

    for event in cut_alike(listening, pieces):
        if isinstance(event, Answer):
            look_into(stored_pdus(event))
    lines = tuple(b"".join(pieces).decode("latin-1").splitlines())
    answer = Answer(lines)
    is_registered(answer)
    stored_pdus(answer)
    assert all(figure >= 0 for figure in store_level(answer))
    assert -113 <= (signal_dbm(answer) or -113) <= -51
    try:
        require_sim(answer)
    except DeviceError as error:
        assert error.remedy  # noqa: PT017 - most answers say that the SIM is missing
    dialogue = ModemDialogue()
    dialogue.feed(b"".join(pieces) + b"\r\n")
    dialogue.ask("AT")
    assert dialogue.feed(b"\r\nOK\r\n") == [Answer(())]


def check_sms(pieces):
    octets = b"".join(pieces)
    stored = [StoredPdu(slot, pdu) for slot, pdu in enumerate([octets.hex(), *PDUS, *_spoiled_pdus(octets)])]
    for message in stored:
        for decode in (decode_received, decode_submitted):
            try:
                decode(message.pdu)
            except PduError as error:
                assert error.remedy  # noqa: PT017 - most are none
    inbox = look_into(stored)
    slots = [slot for whole in inbox.whole for slot in whole.slots]
    assert sorted([*slots, *inbox.stuck]) == sorted(message.slot for message in stored)
    for whole in inbox.whole:
        whole.text.reveal().encode()


def _spoiled_pdus(octets):
    for pdu in PDUS:
        spoiled = bytearray.fromhex(pdu)
        for place, octet in enumerate(octets):
            spoiled[(place * 31 + octet) % len(spoiled)] = octet
        yield spoiled.hex()


def check_number(pieces):
    written = b"".join(pieces).decode("utf-8", "replace")
    for region in ("CN", "US"):
        number = e164(written, region)
        if number is not None:
            assert number.startswith("+")
            assert number[1:].isascii()
            assert number[1:].isdigit()
            assert e164(number, region) == number


def check_contactless(pieces):
    for order in UidOrder:
        for response in (b"".join(pieces), b"".join(pieces) + b"\x90\x00"):
            try:
                assert len(uid_from(response, order).reveal()) in (8, 14, 20)
            except CredentialError as error:
                assert error.code == "unreadable"  # noqa: PT017 - most are none


def check_tap(pieces):
    data = b"".join(pieces)
    for picc_data, signature in ((data[:16], data[16:24]), (data[:16].ljust(16), data[16:24].ljust(8))):
        with pytest.raises(CredentialError):
            verify_tap(picc_data, signature, TagKeys(bytes(16), bytes(16)))


def check_ndef(pieces):
    data = b"".join(pieces)
    address = web_address(data)
    assert len(address) <= len(data) + len("https://www.")
    message = tap_message(address)
    assert message is None or set(message.reveal()) <= set("0123456789ABCDEF.")
    responses = iter(pieces)
    assert len(read_ndef(lambda command: next(responses, b""))) <= 254
    if message is not None:
        with pytest.raises(CredentialError):
            verify_message(message.reveal(), TagKeys(b"k" * 16, b"k" * 16))


def check_keys(pieces):
    octets = b"".join(pieces)
    events = [Key(code, value % 3) for code, value in zip(octets[::2], octets[1::2], strict=False)]
    decoder, entry = KeyDecoder(), KeypadEntry()
    for event in [*events, KeysLost()]:
        character = decoder.feed(event)
        assert character in (b"", b"\x00", b"\r", b"\t") or 0x20 <= character[0] < 0x7F
        change = entry.feed(event)
        assert not isinstance(change, Entered) or (change.digits.isdigit() and len(change.digits) <= 12)
    assert decoder.feed(Key(2, 1)) == b"1"


@dataclass(frozen=True)
class Target:
    check: Callable
    frames: tuple[bytes, ...]

    def __str__(self):
        return self.check.__name__.removeprefix("check_")


TARGETS = [
    Target(check_scanner, (b"M1.BADGE\r", b"M1.BADGE\r\n", b"7" * LONGEST_TEXT, b"\t")),
    Target(check_em4100, (TAG, b"\x022E00AF0EC9B4\x03", b"\x02", b"\x03")),
    Target(check_id_card, (CARD, reply(0x9F, bytes(4)), reply(0x80), b"\xaa\xaa\xaa\x96\x69", b"\x09\x60")),
    Target(check_card_text, (b"\x00", b"I\x00", b"9\x00")),
    Target(check_modem, (LIST, b'\r\n+CMTI: "SM",3\r\n', b"\r\n> ", b"+CPIN: READY\r\n", b"+CSQ: 21,0\r\n")),
    Target(check_sms, tuple(map(bytes.fromhex, PDUS))),
    Target(check_number, (b"+86", b"0086", b"139", b"12345678", "１".encode())),
    Target(check_contactless, (bytes.fromhex("04A2B3C4"), bytes.fromhex("D5E680"), b"\x90\x00", b"\x08")),
    Target(check_tap, (bytes.fromhex("EF963FF7828658A599F3041510671E88"), bytes(8))),
    Target(check_ndef, (*NDEF, b"\x90\x00", b"\x00\x67\x90\x00", NDEF[0] + b"\x90\x00")),
    Target(
        check_keys, (bytes([42, 1, 30, 1, 30, 0, 42, 0]), bytes([29, 1, 19, 1, 28, 1]), bytes([82, 1, 96, 1]))
    ),
]


@functools.cache
def storms(target):
    """Noise, frames, beginnings and ends of frames, and frames with one byte changed, in any order."""
    frames = st.sampled_from(target.frames)
    cut = st.builds(lambda frame, place: frame[: place % len(frame)], frames, st.integers(0, 2000))
    tail = st.builds(lambda frame, place: frame[place % len(frame) :], frames, st.integers(0, 2000))
    spoiled = st.builds(_with_byte, frames, st.integers(0, 2000), st.integers(0, 255))
    return st.lists(st.one_of(st.binary(max_size=40), frames, cut, tail, spoiled), max_size=8)


def _with_byte(frame, place, byte):
    place %= len(frame)
    return frame[:place] + bytes([byte]) + frame[place + 1 :]


def storm(target, **options):
    @settings(deadline=None, suppress_health_check=list(HealthCheck), **options)
    @given(storms(target))
    def run(pieces):
        target.check(pieces)

    run()


@pytest.mark.parametrize("target", TARGETS, ids=str)
def test_it_survives_anything(target):
    storm(target, max_examples=200, derandomize=True, database=None)


def thrown(target, random):
    """A storm as above, drawn at once: hypothesis takes longer to draw one than a parser to survive it."""
    pieces = []
    for _ in range(random.randrange(9)):
        frame, place = random.choice(target.frames), random.randrange(2000)
        pieces.append(
            random.choice(
                (
                    random.randbytes(random.randrange(41)),
                    frame,
                    frame[: place % len(frame)],
                    frame[place % len(frame) :],
                    _with_byte(frame, place, random.randrange(256)),
                )
            )
        )
    return pieces


STORMS_OF_A_SEED = 40


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("target", TARGETS, ids=str)
def test_it_survives_two_hundred_thousand_storms(target):
    thrown_in_all = 0

    @settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=5_000, database=None)
    @given(st.integers(0, 2**64))
    def run(seed):
        nonlocal thrown_in_all
        random = Random(seed)
        for _ in range(STORMS_OF_A_SEED):
            target.check(thrown(target, random))
        thrown_in_all += STORMS_OF_A_SEED

    run()
    assert thrown_in_all >= 200_000
