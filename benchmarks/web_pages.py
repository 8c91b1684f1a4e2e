"""What the centre's pages cost in a large centre, against a read of one row by its key in the same run.

    python tests/postgresql.py python benchmarks/web_pages.py [--size small] [--rounds N]

A PostgreSQL is filled by SQL with 590,000 volunteers and 8,000,000 lines (`small`: a thirtieth), and the
pages are read as somebody at the top and as somebody of one district. The last line says how many are over.
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from kiosk_folder import describe_machine
from web.centre import open_centre
from web.sizes import SIZES


def main() -> None:
    """Measure and print; the last line is what is over."""
    arguments = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    arguments.add_argument("--size", choices=[*SIZES], default="full", help="how large the centre is (full)")
    arguments.add_argument("--rounds", type=int, default=200, help="requests of each page (200)")
    arguments.add_argument("--only", default="", help="pages whose name holds this")
    given = arguments.parse_args()
    print(describe_machine())
    open_centre(given.size)
    from web.pages import measure_pages  # noqa: PLC0415 - needs the settings

    measure_pages(SIZES[given.size], given.rounds, given.only)


if __name__ == "__main__":
    main()
