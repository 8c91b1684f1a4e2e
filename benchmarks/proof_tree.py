"""How long the tree over settled hours takes to build, and how much of that is bare hashing of its leaves.

    python benchmarks/proof_tree.py [LEAVES]

Leaves are as long as those of decisions. The same ones are hashed by a bare loop, in turn; then those of a
day are added. CPU time is printed. The aims: 8,000,000 leaves in less than 15 s, a day in less than 1 s.
"""

import sys
import time
from hashlib import sha256

from settlement.proof.tree import HeldTiles, inclusion_proof, leaf_hashes, root

AT_ONCE = 50_000
A_DAY = 20_000
CONTENT = (
    b'{"of":"decision","activity":"lantern-fair","date":"2026-03-07","kind":"original","seconds":28800,'
    b'"state":"approved","sealed":"%044d"}'
)


def main(leaves: int) -> None:
    """Print the figures."""
    tiles = HeldTiles()
    build_s = bare_s = 0.0
    for first in range(0, leaves, AT_ONCE):
        contents = [CONTENT % number for number in range(first, min(first + AT_ONCE, leaves))]
        begun = time.process_time()
        tiles.append(leaf_hashes(contents))
        built = time.process_time()
        for content in contents:
            sha256(content).digest()
        build_s, bare_s = build_s + built - begun, bare_s + time.process_time() - built
    day = [CONTENT % number for number in range(leaves, leaves + A_DAY)]
    begun = time.process_time()
    tiles.append(leaf_hashes(day))
    root(tiles, tiles.size)
    day_s = time.process_time() - begun
    begun = time.process_time()
    path = inclusion_proof(tiles, leaves // 2, tiles.size)
    proof_s = time.process_time() - begun
    print(f"{leaves} leaves")
    print(f"tree           {build_s:6.2f} s")
    print(f"bare hashing   {bare_s:6.2f} s")
    print(f"ratio          {build_s / bare_s:6.1f}")
    print(f"a day's {A_DAY}  {day_s:6.3f} s, with the new root")
    print(f"a proof        {proof_s * 1000:6.2f} ms, {len(path)} hashes")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 8_000_000)
