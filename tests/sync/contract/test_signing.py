import stat

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from foundation.errors import SettingsError
from sync.contract.signing import SigningKey, VerifyKey, has_small_order
from tests.sync.samples import TERMINAL_KEY

# RFC 8032, section 7.1: secret key, public key, message, signature.
RFC_8032 = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        (
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
            "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
        ),
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        (
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
            "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        ),
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        (
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
            "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
        ),
    ),
]


@pytest.mark.parametrize(("seed", "public", "message", "signature"), RFC_8032)
def test_it_signs_as_rfc_8032_says(seed, public, message, signature):
    key = SigningKey.from_seed(bytes.fromhex(seed))
    assert key.public.raw.hex() == public
    assert key.sign(bytes.fromhex(message)).hex() == signature


@pytest.mark.parametrize(("seed", "public", "message", "signature"), RFC_8032)
def test_it_believes_what_rfc_8032_signed(seed, public, message, signature):
    assert VerifyKey.from_hex(public).verifies(bytes.fromhex(signature), bytes.fromhex(message))


def test_it_believes_no_other_message_signature_or_key():
    signature = TERMINAL_KEY.sign(b"here")
    assert not TERMINAL_KEY.public.verifies(signature, b"there")
    assert not TERMINAL_KEY.public.verifies(signature[:-1], b"here")
    assert not TERMINAL_KEY.public.verifies(b"", b"here")
    assert not SigningKey.generate().public.verifies(signature, b"here")


def test_a_key_comes_back_from_its_file(tmp_path):
    key = SigningKey.generate()
    key.save(tmp_path / "terminal.key")
    assert SigningKey.load(tmp_path / "terminal.key").public.raw == key.public.raw


def test_only_the_owner_may_read_a_key(tmp_path):
    TERMINAL_KEY.save(tmp_path / "terminal.key")
    assert stat.S_IMODE((tmp_path / "terminal.key").stat().st_mode) == 0o600


def test_a_key_is_never_replaced(tmp_path):
    path = tmp_path / "terminal.key"
    TERMINAL_KEY.save(path)
    before = path.read_bytes()
    with pytest.raises(SettingsError, match=r"terminal\.key can't be written: File exists"):
        SigningKey.generate().save(path)
    assert path.read_bytes() == before


def test_a_key_without_its_folder_is_told_as_a_sentence(tmp_path):
    with pytest.raises(SettingsError, match="No such file or directory"):
        TERMINAL_KEY.save(tmp_path / "nowhere" / "terminal.key")


def test_a_missing_key_file_is_named(tmp_path):
    with pytest.raises(SettingsError, match=r"terminal\.key can't be read"):
        SigningKey.load(tmp_path / "terminal.key")


@pytest.mark.parametrize("content", [b"", b"no key at all", b"\xff\x00", TERMINAL_KEY.public.raw])
def test_a_file_that_is_no_key_is_refused(tmp_path, content):
    (tmp_path / "terminal.key").write_bytes(content)
    with pytest.raises(SettingsError, match=r"terminal\.key can't be read"):
        SigningKey.load(tmp_path / "terminal.key")


def test_an_encrypted_key_is_refused(tmp_path):
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"pass phrase"))
    (tmp_path / "terminal.key").write_bytes(pem)
    with pytest.raises(SettingsError, match="can't be read"):
        SigningKey.load(tmp_path / "terminal.key")


def test_a_key_of_another_algorithm_is_refused(tmp_path):
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "terminal.key").write_bytes(pem)
    with pytest.raises(SettingsError, match="not an Ed25519 key"):
        SigningKey.load(tmp_path / "terminal.key")


@pytest.mark.parametrize("text", ["", "00", "g" * 64, "00" * 31, "00" * 33])
def test_a_public_key_must_be_64_hex_digits(text):
    with pytest.raises(SettingsError, match="64 hex digits"):
        VerifyKey.from_hex(text)


def test_a_key_shows_its_name_and_never_itself():
    assert repr(TERMINAL_KEY) == f"SigningKey({TERMINAL_KEY.public.key_id})"
    assert repr(TERMINAL_KEY.public) == f"VerifyKey({TERMINAL_KEY.public.key_id})"
    assert len(TERMINAL_KEY.public.key_id) == 16


# Arithmetic on edwards25519 as RFC 8032, 5.1 has it: slow, and only to know which points have a small order.
P = 2**255 - 19
D = -121665 * pow(121666, -1, P) % P


def x_of(y):
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    return x if (x * x - square) % P == 0 else None


def add(one, other):
    (x1, y1), (x2, y2) = one, other
    t = D * x1 * x2 * y1 * y2
    return (x1 * y2 + x2 * y1) * pow(1 + t, -1, P) % P, (y1 * y2 + x1 * x2) * pow(1 - t, -1, P) % P


def eight_times(point):
    for _ in range(3):
        point = add(point, point)
    return point


def spellings_of_small_order():
    """Every 32 bytes that decode to a point of order 1, 2, 4 or 8."""
    order = 2**252 + 27742317777372353535851937790883648493
    ys = set()
    for y in range(2, 200):
        if (x := x_of(y)) is None:
            continue
        point, scaled, times = (x, y), (0, 1), order
        while times:
            scaled = add(scaled, point) if times & 1 else scaled
            point, times = add(point, point), times >> 1
        ys.add(scaled[1])  # what is left has an order that divides eight
    spelled = {y + extra for y in ys for extra in (0, P) if y + extra < 2**255}
    return {(y | sign << 255).to_bytes(32, "little") for y in spelled for sign in (0, 1)}


def test_no_spelling_of_a_point_of_small_order_is_taken_for_a_key():
    spellings = spellings_of_small_order()
    assert len(spellings) == 14
    for raw in spellings:
        y = int.from_bytes(raw, "little") % 2**255 % P
        assert eight_times((x_of(y), y)) == (0, 1)
        assert has_small_order(raw)
        with pytest.raises(ValueError, match="anybody could sign"):
            VerifyKey(raw)
        with pytest.raises(SettingsError, match="belongs to nobody"):
            VerifyKey.from_hex(raw.hex())


def test_what_is_refused_so_would_else_be_believed():
    """The library itself lets anybody sign for the identity: R = A, S = 0."""
    identity = bytes([1]) + bytes(31)
    Ed25519PublicKey.from_public_bytes(identity).verify(identity + bytes(32), b"whatever you like")


def test_every_real_key_is_taken():
    for _ in range(200):
        raw = SigningKey.generate().public.raw
        assert not has_small_order(raw)
        assert VerifyKey(raw).raw == raw
