"""The faults of line and centre at length: `python -m tests.nemesis [--rounds N] [--kind K] [--seed S]`.

Terminals, broker, listener, settler and database run as processes; each round does to them what its kind and
seed say, and compares the centre with what people were shown. It ends with a table.
"""

import sys

from tests.nemesis.kinds import KINDS
from tests.nemesis.rounds import Rounds

if __name__ == "__main__":
    sys.exit(Rounds(KINDS, "tests.nemesis", "line").main(__doc__ or ""))
