import pytest

from drivers.contactless.ntag424 import TagKeys, tap_message, verify_message, verify_tap
from drivers.simulated.ntag424 import SigningTag
from foundation.errors import CredentialError

# The example of NXP's AN12196 as nfc-developer/sdm-backend verifies it, with keys of zeros.
PICC_DATA = bytes.fromhex("EF963FF7828658A599F3041510671E88")
SIGNATURE = bytes.fromhex("94EED9EE65337086")
KEY = bytes(16)
OTHER_KEY = bytes(15) + b"\x01"
KEYS = TagKeys(KEY, KEY)
PLAIN = (
    "https://sdm.example/tagpt?uid=041E3C8A2D6B80&ctr=000006&cmac=4B00064004B0B3D3"  # sdm-backend's other one
)


def verified(picc_data=PICC_DATA, signature=SIGNATURE, meta_key=KEY, file_key=KEY):
    return verify_tap(picc_data, signature, TagKeys(meta_key, file_key))


def refusal_of(message, keys=KEYS):
    with pytest.raises(CredentialError) as caught:
        verify_message(message, keys)
    return caught.value.code


def test_it_verifies_the_published_example():
    tap = verified()
    assert (tap.uid.reveal(), tap.counter) == ("04DE5F1EACC040", 61)


def test_it_verifies_the_published_example_of_a_tag_that_encrypts_nothing():
    tap = verify_message(tap_message(PLAIN).reveal(), KEYS)
    assert (tap.uid.reveal(), tap.counter) == ("041E3C8A2D6B80", 6)


@pytest.mark.parametrize("place", range(8))
def test_it_refuses_a_signature_with_a_flipped_bit(place):
    forged = bytearray(SIGNATURE)
    forged[place] ^= 1
    with pytest.raises(CredentialError) as caught:
        verified(signature=bytes(forged))
    assert caught.value.code == "forged_tag"


@pytest.mark.parametrize(
    "changed", [{"file_key": OTHER_KEY}, {"meta_key": OTHER_KEY}, {"picc_data": bytes(16)}]
)
def test_it_refuses_the_tags_of_other_keys(changed):
    with pytest.raises(CredentialError) as caught:
        verified(**changed)
    assert caught.value.code == "forged_tag"


def test_it_refuses_a_plain_tap_whose_uid_or_counter_was_changed():
    assert refusal_of("041E3C8A2D6B81.000006.4B00064004B0B3D3") == "forged_tag"
    assert refusal_of("041E3C8A2D6B80.000007.4B00064004B0B3D3") == "forged_tag"


@pytest.mark.parametrize(
    "changed",
    [
        {"picc_data": PICC_DATA[:-1]},
        {"picc_data": PICC_DATA + b"\x00"},
        {"picc_data": b""},
        {"signature": SIGNATURE[:-1]},
        {"signature": b""},
    ],
)
def test_it_refuses_data_of_another_shape(changed):
    with pytest.raises(CredentialError) as caught:
        verified(**changed)
    assert caught.value.code == "unreadable"


@pytest.mark.parametrize("message", ["", ".", "..", "...", "hello", "AB.CD", "AB.CD.EF", "é.é"])
def test_it_refuses_what_is_no_message(message):
    assert refusal_of(message) == "unreadable"


@pytest.mark.parametrize(
    ("address", "message"),
    [
        (f"https://a.example/?picc_data={'AB' * 16}&cmac={'cd' * 8}", f"{'AB' * 16}.{'CD' * 8}"),
        (f"https://a.example/?c={'CD' * 8}&lang=zh&e={'ab' * 16}#top", f"{'AB' * 16}.{'CD' * 8}"),
        (PLAIN, "041E3C8A2D6B80.000006.4B00064004B0B3D3"),
    ],
)
def test_it_finds_the_parts_by_their_lengths(address, message):
    assert tap_message(address).reveal() == message


@pytest.mark.parametrize(
    "address",
    [
        "",
        "https://a.example/",
        "https://a.example/?id=42",
        f"https://a.example/?e={'AB' * 16}",
        f"https://a.example/?e={'AB' * 16}&c={'CD' * 7}",
        f"https://a.example/?e={'AB' * 16}&f={'AB' * 16}&c={'CD' * 8}",
        f"https://a.example/?e={'AB' * 16}&c={'XY' * 8}",
    ],
)
def test_it_finds_no_message_in_other_addresses(address):
    assert tap_message(address) is None


@pytest.mark.parametrize("encrypts", [True, False])
def test_it_verifies_what_the_simulated_tag_signs(encrypts):
    keys = TagKeys(bytes(range(16)), bytes(range(16, 32)))
    tag = SigningTag("04DE5F1EACC040", keys, counter=0xFFFE, encrypts=encrypts)
    taps = [verify_message(tap_message(tag.tap()).reveal(), keys) for _ in range(3)]
    assert [(tap.uid.reveal(), tap.counter) for tap in taps] == [
        ("04DE5F1EACC040", counter) for counter in (0xFFFF, 0x10000, 0x10001)
    ]


def test_it_shows_its_keys_to_nobody():
    assert repr(TagKeys(b"k" * 16, b"f" * 16)) == "TagKeys()"
