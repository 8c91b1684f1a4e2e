"""Brokers of several nodes under load, a node killed in each: `python -m tests.clusters`; ends with a table.

A round takes one to three minutes. Where a broker is not installed, that is said, and the others are played.
"""

import argparse
import sys
import tempfile
import traceback
from pathlib import Path

from tests.clusters.nodes import NotInstalledError
from tests.clusters.play import BROKERS, HEADINGS, Round, play
from tests.reliability import write_section


def main() -> int:
    """The exit status is 1 when a round failed, something is missing or doubled, or the line did not heal."""
    arguments = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    arguments.add_argument("--broker", choices=BROKERS, help="play only this one")
    arguments.add_argument("--node", type=int, choices=(1, 2, 3), help="kill only this one")
    arguments.add_argument("--write", action="store_true", help="write the table to docs/reliability.md")
    chosen = arguments.parse_args()
    rounds: list[Round] = []
    failed = 0
    for broker in [chosen.broker] if chosen.broker else BROKERS:
        for node in [chosen.node] if chosen.node else (1, 2, 3):
            try:
                with tempfile.TemporaryDirectory(prefix="muster-cluster-") as folder:
                    rounds.append(play(broker, node - 1, Path(folder)))
            except NotInstalledError as missing:
                print(f"{broker} is left out: {missing}", flush=True)
                break
            except Exception:  # noqa: BLE001 - whatever it is, it is told and the other rounds are played
                failed += 1
                print(f"FAILED: {broker}, node {node}\n{traceback.format_exc()}", flush=True)
            else:
                print(f"{broker}, node {node}: {'well' if rounds[-1].is_well else 'NOT WELL'}", flush=True)
    print("\n".join(["", HEADINGS, *map(str, rounds)]))
    if chosen.write:
        write_section("brokers", _page_of(rounds))
    return 1 if failed or not all(one.is_well for one in rounds) else 0


def _page_of(rounds: list[Round]) -> str:
    """The same table in Markdown."""
    lines = ["| broker | node killed | clients there | shown | missing | duplicate | healed |"]
    lines.append("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    for one in rounds:
        healed = "no" if one.healed_s is None else f"{one.healed_s:.1f} s"
        counts = (one.node + 1, one.served, one.shown, one.missing, one.doubled)
        lines.append(f"| {one.broker} | {' | '.join(map(str, counts))} | {healed} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
