import hashlib

import msgspec
import pytest

from foundation.errors import MessageError
from sync.contract import downlink
from sync.contract.downlink import (
    CHUNK_BYTES,
    MAX_HEARD,
    MAX_SEEN,
    Command,
    Heard,
    RosterChunk,
    SeenElsewhere,
    SettingsGiven,
    SitePresenceUpdate,
    Wipe,
    open_told,
    seal_told,
)
from sync.contract.orders import LONGEST_TEXT, MAX_MESSAGES, DoTask, ScreenMessage, ScreenMessages, Task
from sync.contract.roster_chunks import NOTHING, take_chunk
from sync.contract.wire import MAX_MESSAGE_BYTES, MessageKind, Realm, RejectCode, seal
from tests.sync.asyncapi_document import ContractError, validate
from tests.sync.samples import CENTRE_KEY, NINE_MS, STRANGER_KEY, TERMINAL, TERMINAL_KEY

ROSTER = bytes(range(256)) * 1000  # four slices
WIPE = Command(
    realm=Realm.LIVE,
    terminal=TERMINAL,
    id="0a" * 16,
    deadline_ms=NINE_MS,
    order=Wipe(TERMINAL_KEY.public.key_id),
)
LONGEST_STEP = SitePresenceUpdate(
    number=2,
    follows=1,
    told_ms=NINE_MS,
    heard=[Heard("e1" * 16, 2**53)] * MAX_HEARD,
    seen=[SeenElsewhere("9" * 12, "灯" * 40, NINE_MS, NINE_MS)] * MAX_SEEN,
    gone=["9" * 12] * MAX_SEEN,
    more=True,
)
GIVEN = SettingsGiven(realm=Realm.LIVE, terminal=TERMINAL, version=3, values={"debounce_s": 30})


def opened(payload: bytes, into: type):
    return open_told(payload, into, centre=CENTRE_KEY.public, terminal=TERMINAL, realm=Realm.LIVE)


def chunks(roster: bytes = ROSTER, version: int = 5) -> list[tuple[RosterChunk, bytes]]:
    sealed = downlink.seal_chunks(
        roster, realm=Realm.LIVE, terminal=TERMINAL, version=version, key=CENTRE_KEY
    )
    return [opened(payload, RosterChunk) for payload in sealed]


def assembled(parts: list[tuple[RosterChunk, bytes]], in_force: int = 4) -> list[bytes]:
    """Every whole roster that came of these chunks, in this order."""
    assembly, whole = NOTHING, []
    for chunk, body in parts:
        assembly, made = take_chunk(assembly, chunk, body, in_force)
        whole += [made] if made is not None else []
    return whole


@pytest.mark.parametrize("told", [WIPE, GIVEN], ids=["command", "settings"])
def test_what_the_centre_says_comes_back_as_it_was_said_and_fits_the_document(told):
    payload = seal_told(told, CENTRE_KEY)
    assert opened(payload, type(told)) == (told, b"")
    validate(downlink.topic_of(told), payload)


def test_every_chunk_fits_a_message_and_the_document():
    for payload in downlink.seal_chunks(
        ROSTER, realm=Realm.LIVE, terminal=TERMINAL, version=5, key=CENTRE_KEY
    ):
        assert len(payload) <= MAX_MESSAGE_BYTES
        assert validate(downlink.topic_of(opened(payload, RosterChunk)[0]), payload) == "roster"


def test_the_longest_step_of_who_is_elsewhere_fits_a_message_and_the_document():
    told = msgspec.structs.replace(WIPE, order=LONGEST_STEP)
    payload = seal_told(told, CENTRE_KEY)
    assert len(payload) <= MAX_MESSAGE_BYTES
    assert opened(payload, Command)[0].order == LONGEST_STEP
    validate(downlink.topic_of(told), payload)


def test_the_most_that_screens_are_to_say_fits_a_message_and_the_document():
    text = dict.fromkeys(("en", "zh-Hans", "ar"), "灯" * LONGEST_TEXT)
    said = [ScreenMessage(f"{number:032x}", text, NINE_MS, True) for number in range(MAX_MESSAGES)]
    for order in (ScreenMessages(NINE_MS, said), DoTask(Task.OUT_OF_ORDER, "灯" * 120)):
        told = msgspec.structs.replace(WIPE, order=order)
        payload = seal_told(told, CENTRE_KEY)
        assert len(payload) <= MAX_MESSAGE_BYTES
        assert opened(payload, Command)[0].order == order
        validate(downlink.topic_of(told), payload)


def test_an_order_that_the_document_does_not_know_is_refused_by_it():
    payload = seal_told(WIPE, CENTRE_KEY).replace(b"wipe", b"sing")
    with pytest.raises(ContractError):
        validate(downlink.topic_of(WIPE), payload)


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        (seal_told(WIPE, STRANGER_KEY), RejectCode.AUTH),
        (seal_told(WIPE, TERMINAL_KEY), RejectCode.AUTH),
        (seal(MessageKind.SETTINGS, WIPE, b"", CENTRE_KEY), RejectCode.AUTH),
        (seal_told(msgspec.structs.replace(WIPE, terminal="gate-2"), CENTRE_KEY), RejectCode.AUTH),
        (seal_told(msgspec.structs.replace(WIPE, realm=Realm.DEMO), CENTRE_KEY), RejectCode.REALM),
        (seal(MessageKind.COMMAND, GIVEN, b"", CENTRE_KEY), RejectCode.MALFORMED),
        (b"junk", RejectCode.MALFORMED),
        (b" " * (MAX_MESSAGE_BYTES + 1), RejectCode.SIZE),
    ],
    ids=["stranger", "itself", "other kind", "other terminal", "other realm", "other header", "junk", "size"],
)
def test_nothing_else_is_believed(payload, code):
    with pytest.raises(MessageError) as refused:
        opened(payload, Command)
    assert refused.value.code == code


def test_a_roster_is_put_together_in_any_order_and_doubled():
    parts = chunks()
    assert len(parts) == 4
    assert assembled(parts) == [ROSTER]
    assert assembled([*reversed(parts)]) == [ROSTER]
    assert assembled([parts[2], parts[0], parts[2], parts[3], parts[0], parts[1]]) == [ROSTER]


def test_it_is_not_whole_without_each_chunk():
    for missing in range(4):
        assert assembled([part for part in chunks() if part[0].index != missing]) == []


def test_a_version_that_is_in_force_or_older_changes_nothing():
    assert assembled(chunks(version=4)) == []
    older, newer = chunks(ROSTER[:100_000], version=5), chunks(version=6)
    assert assembled([newer[0], *older, *newer[1:]]) == [ROSTER]


def test_a_newer_version_ends_what_was_under_way():
    older, newer = chunks(version=5), chunks(ROSTER[:100_000], version=6)
    assert assembled([*older[:3], *newer, older[3]]) == [ROSTER[:100_000]]


def test_the_same_version_made_anew_is_not_mixed_with_the_first():
    first, second = chunks(b"a" * 100_000), chunks(b"b" * 100_000)
    assert assembled([first[0], second[1], second[0]]) == [b"b" * 100_000]


def chunk_of(body: bytes, **changes: object) -> tuple[RosterChunk, bytes]:
    fields = {"version": 5, "index": 0, "count": 1, "digest": hashlib.sha256(body).hexdigest()}
    return RosterChunk(realm=Realm.LIVE, terminal=TERMINAL, **{**fields, **changes}), body


@pytest.mark.parametrize(
    "part",
    [
        chunk_of(b""),
        chunk_of(b"a" * (CHUNK_BYTES + 1)),
        chunk_of(b"a", count=2),
        chunk_of(b"a", index=2, count=2),
        chunk_of(b"a", digest="00" * 32),
    ],
    ids=["empty", "too long", "too short", "beyond", "digest"],
)
def test_a_chunk_that_contradicts_itself_is_refused(part):
    with pytest.raises(MessageError) as refused:
        take_chunk(NOTHING, *part, in_force=4)
    assert refused.value.code == RejectCode.MALFORMED


def test_what_is_under_way_never_holds_more_than_one_roster():
    assembly = NOTHING
    for version in range(5, 50):
        for chunk, body in chunks(version=version)[:3]:
            assembly, _ = take_chunk(assembly, chunk, body, in_force=4)
            assert sum(map(len, assembly.slices.values())) < len(ROSTER)
