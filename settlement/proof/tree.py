"""The hash tree of RFC 9162 (2.1) over SHA-256, read from tiles: its roots, and proofs of what is in it.

A tile is up to 256 hashes of one level beside each other. Those of level 0 are leaves, those of level n the
roots of whole subtrees of 256^n leaves. None ever changes, so a tree of millions grows by what is new alone,
and a proof reads a handful of tiles. Pure.
"""

from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from typing import Protocol

TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT
EMPTY_ROOT = sha256(b"").digest()


class Tiles(Protocol):
    """Where the hashes of a tree lie."""

    def tile(self, level: int, index: int) -> Sequence[bytes]:
        """The hashes [256 * index, 256 * (index + 1)) of a level, as many of them as there are."""
        ...


class HeldTiles:
    """A tree in memory."""

    def __init__(self) -> None:
        self._levels: list[list[bytes]] = [[]]

    @property
    def size(self) -> int:
        """How many leaves there are."""
        return len(self._levels[0])

    def tile(self, level: int, index: int) -> Sequence[bytes]:
        """As `Tiles` says."""
        if level == len(self._levels):
            return ()
        return self._levels[level][index * TILE_WIDTH : (index + 1) * TILE_WIDTH]

    def append(self, hashes: Sequence[bytes]) -> None:
        """Add the hashes of leaves."""
        for level, new in enumerate(grown(self, self.size, hashes)):
            if level == len(self._levels):
                self._levels.append([])
            self._levels[level] += new


def leaf_hash(content: bytes) -> bytes:
    """The hash of a leaf."""
    return sha256(b"\x00" + content).digest()


def leaf_hashes(contents: Iterable[bytes]) -> list[bytes]:
    """The hashes of many leaves, without a call for each."""
    return [sha256(b"\x00" + content).digest() for content in contents]


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of what stands above two others."""
    return sha256(b"\x01" + left + right).digest()


def grown(tiles: Tiles, size: int, hashes: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    """What a tree of `size` leaves gains by these, level by level, up to where no more subtree gets whole."""
    level = 0
    while hashes:
        begun = tiles.tile(level, size // TILE_WIDTH)[: size % TILE_WIDTH]
        yield hashes
        row = [*begun, *hashes]
        hashes = _above(row[: len(row) - len(row) % TILE_WIDTH], TILE_HEIGHT)
        size //= TILE_WIDTH
        level += 1


def root(tiles: Tiles, size: int) -> bytes:
    """The root of the first `size` leaves."""
    return _root_between(tiles, 0, size) if size else EMPTY_ROOT


def inclusion_proof(tiles: Tiles, index: int, size: int) -> list[bytes]:
    """What leads from a leaf's hash to the root of the first `size` leaves, from the leaf up."""
    path, low, high = [], 0, size
    while high - low > 1:
        middle = low + _half(high - low)
        if index < middle:
            path.append(_root_between(tiles, middle, high))
            high = middle
        else:
            path.append(_root_between(tiles, low, middle))
            low = middle
    return path[::-1]


def consistency_proof(tiles: Tiles, old: int, new: int) -> list[bytes]:
    """What shows that the first `new` leaves begin with the first `old`; nothing where that is plain."""
    path, low, high = [], 0, new
    if not old:
        return []
    while high != old:
        middle = low + _half(high - low)
        if old <= middle:
            path.append(_root_between(tiles, middle, high))
            high = middle
        else:
            path.append(_root_between(tiles, low, middle))
            low = middle
    if low:  # whoever checks knows the old root, but not a part of it
        path.append(_root_between(tiles, low, high))
    return path[::-1]


def is_included(leaf: bytes, index: int, size: int, path: Sequence[bytes], of_root: bytes) -> bool:
    """Whether a proof leads from a leaf's hash to that root of `size` leaves (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    place, last, found = index, size - 1, leaf
    for beside in path:
        if not last:
            return False
        if place & 1 or place == last:
            found = node_hash(beside, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, beside)
        place, last = place >> 1, last >> 1
    return not last and found == of_root


def is_consistent(old: int, new: int, path: Sequence[bytes], old_root: bytes, new_root: bytes) -> bool:
    """Whether a proof shows that a tree of `new` leaves only continues one of `old` (RFC 9162, 2.1.4.2)."""
    if not 0 <= old <= new:
        return False
    if old in (0, new):
        return not path and (old_root == (new_root if old else EMPTY_ROOT))
    hashes = [old_root, *path] if not old & (old - 1) else [*path]
    if not hashes:
        return False
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    old_found = new_found = hashes[0]
    for beside in hashes[1:]:
        if not last:
            return False
        if place & 1 or place == last:
            old_found, new_found = node_hash(beside, old_found), node_hash(beside, new_found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            new_found = node_hash(new_found, beside)
        place, last = place >> 1, last >> 1
    return not last and old_found == old_root and new_found == new_root


class Edge:
    """The right edge of a tree that is computed anew, leaf by leaf, in as many hashes as it is high."""

    def __init__(self) -> None:
        self.size = 0
        self._whole: list[bytes] = []

    def append(self, leaf: bytes) -> list[tuple[int, int, bytes]]:
        """Add the hash of a leaf; returns (level, index, hash) of the tiles' hashes that are whole now."""
        done, found, height, rest = [], leaf, 0, self.size
        while rest & 1:
            found, height, rest = node_hash(self._whole.pop(), found), height + 1, rest >> 1
            if height % TILE_HEIGHT == 0:
                done.append((height // TILE_HEIGHT, rest, found))
        self._whole.append(found)
        self.size += 1
        return done

    def root(self) -> bytes:
        """The root of all leaves so far."""
        if not self._whole:
            return EMPTY_ROOT
        *left, found = self._whole
        for beside in reversed(left):
            found = node_hash(beside, found)
        return found


def _root_between(tiles: Tiles, low: int, high: int) -> bytes:
    """The root of the leaves [low, high), which begin where a subtree of their length may begin."""
    whole, at = [], low
    while at < high:
        height = (high - at).bit_length() - 1
        whole.append(_whole_subtree(tiles, height, at >> height))
        at += 1 << height
    found = whole.pop()
    while whole:
        found = node_hash(whole.pop(), found)
    return found


def _whole_subtree(tiles: Tiles, height: int, index: int) -> bytes:
    """The root of the leaves [index * 2^height, (index + 1) * 2^height)."""
    level, above = divmod(height, TILE_HEIGHT)
    first = index << above
    within = first % TILE_WIDTH
    hashes = tiles.tile(level, first // TILE_WIDTH)[within : within + (1 << above)]
    return _above(hashes, above)[0]


def _above(hashes: Sequence[bytes], height: int) -> Sequence[bytes]:
    """The hashes that stand so high above these."""
    for _ in range(height):
        both = iter(hashes)
        hashes = [sha256(b"\x01" + left + right).digest() for left, right in zip(both, both, strict=True)]
    return hashes


def _half(size: int) -> int:
    """The largest power of two that is less."""
    return 1 << (size - 1).bit_length() - 1
