import msgspec
import pytest

from foundation.errors import MessageError
from sync.contract import event_places, events
from sync.contract.events import MAX_EVENT_BYTES, CheckIn, EpochStart, Manual
from tests.sync.samples import check_in, vector
from tests.vectors.make_vectors import every_kind

GOLDEN = [text.encode() for text in vector("wire/batch")["events"]]


@pytest.mark.parametrize(("event", "golden"), list(zip(every_kind(), GOLDEN, strict=True)))
def test_an_event_becomes_its_golden_bytes_and_comes_back(event, golden):
    assert events.encode(event) == golden
    assert events.decode(golden) == event


def test_the_golden_events_are_of_every_kind():
    assert {type(event) for event in every_kind()} == set(events.KINDS)


def test_every_kind_that_can_be_decoded_is_listed():
    assert set(events.KINDS) == set(events.AnyEvent.__args__)


def test_an_event_is_one_line():
    strange = msgspec.structs.replace(every_kind()[9], reason="one\ntwo\r\n\x00 \u2028")
    assert b"\n" not in events.encode(strange)
    assert events.decode(events.encode(strange)) == strange


def test_what_looks_the_same_becomes_the_same_bytes():
    composed, decomposed = (
        msgspec.structs.replace(every_kind()[9], reason=text) for text in ("\u00e9", "e\u0301")
    )
    assert composed != decomposed
    assert events.encode(composed) == events.encode(decomposed)


def event_of(size: int) -> CheckIn:
    bare = check_in()
    padding = size - len(events.encode(bare))
    return msgspec.structs.replace(bare, activity=bare.activity + "x" * padding)


def test_the_largest_event_is_encoded():
    assert len(events.encode(event_of(MAX_EVENT_BYTES))) == 2048


def test_a_larger_event_is_refused_with_what_to_do():
    with pytest.raises(MessageError, match=r"2049 bytes exceeds 2048.*Shorten") as refused:
        events.encode(event_of(MAX_EVENT_BYTES + 1))
    assert refused.value.code == "size"


UNKNOWN_KIND = GOLDEN[4].replace(b'"check_in"', b'"teleported"').replace(b'"credential"', b'"beam"')


def test_an_event_of_an_unknown_kind_still_has_its_place():
    place = event_places.header_of(UNKNOWN_KIND)
    assert (place.kind, place.terminal, place.epoch, place.seq) == ("teleported", "gate-1", "a1" * 16, 5)


def test_an_event_of_an_unknown_kind_is_not_understood():
    with pytest.raises(MessageError, match="not understood") as refused:
        events.decode(UNKNOWN_KIND)
    assert refused.value.code == "event"


@pytest.mark.parametrize("golden", GOLDEN)
def test_every_event_has_its_place(golden):
    assert event_places.header_of(golden).seq == GOLDEN.index(golden) + 1


def test_a_field_of_a_later_version_is_passed_over():
    assert events.decode(GOLDEN[4].replace(b'{"kind"', b'{"mood":"good","kind"')) == every_kind()[4]


@pytest.mark.parametrize(
    ("written", "instead"),
    [
        (b'"seq":5', b'"seq":0'),
        (b'"seq":5', b'"seq":5.0'),
        (b'"seq":5', b'"seq":"5"'),
        (b'"terminal":"gate-1"', b'"terminal":"Gate 1"'),
        (b'"epoch":"a1', b'"epoch":"A1'),
        (b'"wall_ms":1794963600005', b'"wall_ms":1e300'),
        (b'"state":"synced"', b'"state":"sure"'),
        (b'"ref":"badge:590000.3"', b'"ref":""'),
        (b'"activity":"guides-east"', b'"activity":null'),
        (b'"method":"badge"', b'"method":"telepathy"'),
        (b'"kind":"check_in"', b'"kind":"check_in","kind":null'),
    ],
)
def test_a_wrong_field_is_refused(written, instead):
    assert written in GOLDEN[4]
    with pytest.raises(MessageError, match="not understood"):
        events.decode(GOLDEN[4].replace(written, instead))


@pytest.mark.parametrize(
    "junk",
    [b"", b"\xff", b"null", b"[]", b"{}", b'{"kind":"\xff"}', b'{"x":' + b"[" * 100_000, GOLDEN[4][:-1]],
    ids=["nothing", "no text", "null", "list", "empty", "no UTF-8", "nested without end", "cut short"],
)
def test_junk_is_refused_by_both_readers(junk):
    for read in (events.decode, event_places.header_of):
        with pytest.raises(MessageError):
            read(junk)


def test_no_field_of_an_event_could_hold_a_name_or_a_number_of_a_person():
    """A message to the centre is words of staff, who are told to name nobody in it."""
    personal = {"name", "phone", "id_number", "card", "photo", "address", "text"}
    found = {
        (kind.__name__, field.encode_name)
        for kind in events.KINDS
        for field in msgspec.structs.fields(kind)
        if field.encode_name in personal
    }
    assert found == {("StaffMessage", "text")}


def test_the_first_event_of_a_log_names_no_epoch_before():
    first = msgspec.structs.replace(every_kind()[0], previous=None)
    assert isinstance(first, EpochStart)
    assert b"previous" not in events.encode(first)
    assert events.decode(events.encode(first)) == first


def test_a_manual_event_needs_a_reason_and_a_direction():
    manual = every_kind()[9]
    assert isinstance(manual, Manual)
    for wrong in ({"reason": ""}, {"direction": "sideways"}):
        with pytest.raises(MessageError):
            events.decode(events.encode(msgspec.structs.replace(manual, **wrong)))
