import pytest

from drivers.ntag424 import verify_tap
from muster.errors import CredentialError

# The example of NXP's AN12196 as nfc-developer/sdm-backend verifies it, with keys of zeros.
PICC_DATA = bytes.fromhex("EF963FF7828658A599F3041510671E88")
SIGNATURE = bytes.fromhex("94EED9EE65337086")
KEY = bytes(16)
OTHER_KEY = bytes(15) + b"\x01"


def verified(picc_data=PICC_DATA, signature=SIGNATURE, meta_key=KEY, file_key=KEY):
    return verify_tap(picc_data, signature, meta_key=meta_key, file_key=file_key)


def test_it_verifies_the_published_example():
    tap = verified()
    assert (tap.uid.reveal(), tap.counter) == ("04DE5F1EACC040", 61)


@pytest.mark.parametrize("place", range(8))
def test_it_refuses_a_signature_with_a_flipped_bit(place):
    forged = bytearray(SIGNATURE)
    forged[place] ^= 1
    with pytest.raises(CredentialError) as caught:
        verified(signature=bytes(forged))
    assert caught.value.code == "forged_tag"


def test_it_refuses_the_signature_of_another_tags_key():
    with pytest.raises(CredentialError) as caught:
        verified(file_key=OTHER_KEY)
    assert caught.value.code == "forged_tag"


@pytest.mark.parametrize(
    "changed",
    [
        {"picc_data": PICC_DATA[:-1]},
        {"picc_data": PICC_DATA + b"\x00"},
        {"picc_data": bytes(16)},
        {"picc_data": b""},
        {"signature": SIGNATURE[:-1]},
        {"signature": b""},
        {"meta_key": OTHER_KEY},
    ],
)
def test_it_refuses_data_of_another_shape(changed):
    with pytest.raises(CredentialError) as caught:
        verified(**changed)
    assert caught.value.code == "unreadable"
