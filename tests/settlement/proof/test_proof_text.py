"""Proofs as texts: two verifiers that share no code agree, and neither takes what was bent."""

import random

import pytest

from settlement.proof.leaves import leaf_content, shown
from settlement.proof.note import Head, NoteKey, read_keys, sign
from settlement.proof.proof_text import Proof, ProofError, ProofFault, check_proof, read_proof
from settlement.proof.texts import text_of
from settlement.proof.tree import HeldTiles, inclusion_proof, leaf_hash, root
from sync.contract.signing import SigningKey
from tests.settlement.proof.bent_proofs import bent
from tests.settlement.proof.second_verifier import accepts

ORIGIN = "muster/live/0123456789abcdef"
KEY, OTHER = SigningKey.from_seed(b"k" * 32), SigningKey.from_seed(b"o" * 32)
KEYS = [NoteKey(ORIGIN, KEY.public)]
SALT = b"salt of 16 bytes"
NAMED = shown(SALT, {"volunteer": "1001", "by": "Zhao", "rest": "{}", "name": "林晓梅 Łucja"})
SEALS = [one.seal for one in NAMED]
LEAF = leaf_content(
    "certificate",
    {"number": "VSC-310115-2026-000001-48", "seconds": 36_000, "issued": "2026-03-07"},
    SEALS,
)


def tree(size, index):
    tiles = HeldTiles()
    tiles.append([leaf_hash(LEAF if at == index else str(at).encode()) for at in range(size)])
    return tiles


def proof(size=700, index=511, opened=(), key=KEY, origin=ORIGIN):
    tiles = tree(size, index)
    checkpoint = sign(Head(origin, size, root(tiles, size)), key)
    return Proof(LEAF, index, inclusion_proof(tiles, index, size), checkpoint, opened)


def ours(text, keys=KEYS):
    """As the second verifier answers."""
    try:
        proven = check_proof(text, keys)
    except ProofError:
        return None
    return read_proof(text).leaf, [(one.name, one.value) for one in proven.shown]


def both(text):
    answers = ours(text), accepts(text, [str(key) for key in KEYS])
    assert answers[0] == answers[1], text
    return answers[0]


def fault(text, keys=KEYS):
    with pytest.raises(ProofError) as refused:
        check_proof(text, keys)
    return refused.value.fault


@pytest.mark.parametrize(("size", "index"), [(1, 0), (2, 1), (3, 2), (256, 255), (257, 256), (700, 511)])
def test_two_verifiers_take_a_whole_proof(size, index):
    assert both(str(proof(size, index))) == (LEAF, [])


def test_hours_are_shown_without_a_name_or_number_and_with_them_where_the_holder_wants():
    text = str(proof())
    assert b"1001" not in LEAF
    assert "name" not in check_proof(text, KEYS).plain
    named = str(proof(opened=[*SEALS[:3], NAMED[3]]))
    assert both(named) == (LEAF, [("name", "林晓梅 Łucja")])
    assert check_proof(named, KEYS).plain["seconds"] == 36_000


def test_each_way_to_prove_nothing_has_its_name():
    whole = proof()
    assert fault("hours") == ProofFault.UNREADABLE
    assert fault(str(proof(key=OTHER))) == ProofFault.UNSIGNED
    assert fault(str(whole), [NoteKey("muster/live/other", KEY.public)]) == ProofFault.UNSIGNED
    assert fault(str(Proof(LEAF, 510, whole.path, whole.checkpoint))) == ProofFault.NOT_IN_TREE
    assert fault(str(Proof(b'{"seconds":1}', 511, whole.path, whole.checkpoint))) == ProofFault.NOT_IN_TREE
    other = shown(SALT, {"name": "Wei"})
    assert fault(str(proof(opened=[*SEALS[:3], *other]))) == ProofFault.NOT_SEALED


def test_signatures_of_others_are_passed_over_and_a_false_one_of_ours_is_not():
    witness = f"— witness.example/w1 {text_of(b'a key, and what it signed')}\n"
    whole = str(proof())
    assert both(whole + witness) == (LEAF, [])
    last = whole.splitlines()[-1]
    false = sign(Head(ORIGIN, 1, b"r" * 32), KEY).splitlines()[-1]
    assert both(whole.replace(last, f"{last}\n{false}")) is None


def test_keys_are_read_as_they_are_written():
    key = KEYS[0]
    assert [str(found) for found in read_keys(f"# of the centre\n\n{key}\n")] == [str(key)]
    for wrong in (str(key)[:-4], f"{key}x", str(key).replace("live", "demo"), "muster", f"+{key}"):
        with pytest.raises(ValueError, match=r"."):
            read_keys(wrong)


def test_it_is_a_text_of_at_most_1536_bytes_in_a_tree_of_eight_million():
    path = [bytes([at]) * 32 for at in range(23)]
    checkpoint = sign(Head(ORIGIN, 7_999_999, b"r" * 32), KEY)
    assert len(str(Proof(LEAF, 7_999_998, path, checkpoint)).encode()) <= 1536
    plain = {"activity": "lantern-fair-2026", "date": "2026-03-07", "kind": "original", "seconds": 28_800}
    line = leaf_content("decision", {**plain, "state": "approved"}, SEALS)
    assert len(str(Proof(line, 7_999_998, path, checkpoint)).encode()) <= 1536


def none_is_taken(seed, how_many):
    draw = random.Random(seed)
    whole = [
        str(proof(size, index, opened))
        for size, index in ((700, 511), (700, 3), (256, 3), (5, 4))
        for opened in ((), [*SEALS[:3], NAMED[3]])
    ]
    tried = 0
    while tried < how_many:
        text = bent(draw, whole)
        if text in whole or is_whole_with_a_signature_twice(text, whole):
            continue
        tried += 1
        assert both(text) is None, text
    return tried


def is_whole_with_a_signature_twice(text, whole):
    """Which is the same note to everybody: a signature that holds, said once more."""
    lines = text.split("\n")
    return lines[-2:-1] == lines[-3:-2] and "\n".join([*lines[:-3], *lines[-2:]]) in whole


def test_no_bent_proof_is_taken():
    assert none_is_taken(1, 4000) == 4000


@pytest.mark.slow
def test_none_of_two_hundred_thousand_bent_proofs_is_taken():
    assert none_is_taken(2, 200_000) == 200_000
