"""The tree of RFC 9162: the vectors of certificate-transparency, and a second way to every answer."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from settlement.proof.tree import (
    EMPTY_ROOT,
    TILE_WIDTH,
    Edge,
    HeldTiles,
    consistency_proof,
    inclusion_proof,
    is_consistent,
    is_included,
    leaf_hash,
    root,
)

LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
PATHS = {
    (0, 8): (
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ),
    (5, 8): (
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ),
    (2, 3): ("fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",),
    (1, 5): (
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ),
}
CONTINUED = {
    (1, 8): (
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ),
    (6, 8): (
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ),
    (2, 5): (
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ),
}


def tree_of(hashes):
    tiles = HeldTiles()
    tiles.append(hashes)
    return tiles


def raw(texts):
    return [bytes.fromhex(text) for text in texts]


def plain_root(hashes):
    """The root as RFC 6962 defines it, by recursion over lists."""
    if len(hashes) < 2:
        return hashes[0] if hashes else sha256().digest()
    half = 1
    while half * 2 < len(hashes):
        half *= 2
    return sha256(b"\x01" + plain_root(hashes[:half]) + plain_root(hashes[half:])).digest()


@pytest.fixture(scope="module")
def published():
    return tree_of([leaf_hash(leaf) for leaf in LEAVES])


def test_the_published_roots(published):
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert [root(published, size).hex() for size in range(1, 9)] == list(ROOTS)


def test_the_published_proofs(published):
    for (index, size), path in PATHS.items():
        assert inclusion_proof(published, index, size) == raw(path)
    for (old, new), path in CONTINUED.items():
        assert consistency_proof(published, old, new) == raw(path)


HASHES = [leaf_hash(str(number).encode()) for number in range(70_000)]
SIZES = st.one_of(st.integers(1, 600), st.sampled_from([1023, 1024, 1025, 65_535, 65_536, 65_537, 70_000]))


@pytest.fixture(scope="module")
def large():
    return tree_of(HASHES)


@given(st.data())
def test_a_tree_in_tiles_has_the_roots_and_proofs_of_the_definition(large, data):
    size = data.draw(SIZES)
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(0, size))
    head = root(large, size)
    if size <= 600:
        assert head == plain_root(HASHES[:size])
    path, way = inclusion_proof(large, index, size), consistency_proof(large, old, size)
    assert is_included(HASHES[index], index, size, path, head)
    assert is_consistent(old, size, way, root(large, old), head)
    assert not is_included(HASHES[index - 1], index, size, path, head) or size == 1
    assert not is_included(HASHES[index], index, size, [*path, head], head)
    assert not is_included(HASHES[index], index, size, path[:-1], head) or not path
    if 0 < old < size:
        assert not is_consistent(old, size, way, root(large, old - 1), head)
        assert not is_consistent(old, size, way[:-1], root(large, old), head)
        assert not is_consistent(old, size, [*way, head], root(large, old), head)


@given(st.lists(st.integers(0, 700), max_size=6))
def test_it_grows_by_any_steps_to_the_same_tree(steps):
    tiles, edge, done = HeldTiles(), Edge(), []
    for step in steps:
        tiles.append(HASHES[tiles.size : tiles.size + step])
    for one in HASHES[: tiles.size]:
        done += edge.append(one)
    assert edge.root() == root(tiles, tiles.size) == root(tree_of(HASHES[: tiles.size]), tiles.size)
    assert len(done) == tiles.size // TILE_WIDTH
    assert all(
        tiles.tile(level, index // TILE_WIDTH)[index % TILE_WIDTH] == one for level, index, one in done
    )


def test_a_proof_of_a_place_outside_the_tree_is_none(published):
    assert not is_included(leaf_hash(LEAVES[0]), 8, 8, [], root(published, 8))
    assert not is_consistent(9, 8, [], root(published, 8), root(published, 8))
    assert not is_consistent(0, 8, raw(ROOTS[:1]), EMPTY_ROOT, root(published, 8))
    assert not is_consistent(3, 8, [], root(published, 3), root(published, 8))
