"""What the centre's pages cost in a large centre, against a read of one row by its key in the same run.

    python tests/postgresql.py python benchmarks/web_pages.py [--size small] [--rounds N]

A PostgreSQL is filled by SQL with 590,000 volunteers and 8,000,000 lines (`small`: a thirtieth), and the
pages are read as somebody at the top and as somebody of one district. The last line says how many are over.
"""

import argparse
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from kiosk_folder import describe_machine
from web.centre import open_centre
from web.sizes import SIZES

PARTS = ("approval", "exports", "readers", "pages")


def main() -> None:
    """Measure and print; the last line is what is over."""
    arguments = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    arguments.add_argument("--size", choices=[*SIZES], default="full", help="how large the centre is (full)")
    arguments.add_argument("--rounds", type=int, default=200, help="requests of each page (200)")
    arguments.add_argument("--only", default="", help="pages whose name holds this")
    arguments.add_argument("parts", nargs="*", default=PARTS, help=f"some of {', '.join(PARTS)}")
    given = arguments.parse_args()
    print(describe_machine())
    config = open_centre(given.size)
    from web.deeds import measure_approval, measure_exports  # noqa: PLC0415 - need the settings
    from web.pages import measure_pages, one_row  # noqa: PLC0415
    from web.readers import measure_readers  # noqa: PLC0415

    size = SIZES[given.size]
    parts = {
        "pages": lambda: measure_pages(size, given.rounds, given.only),
        "approval": lambda: measure_approval(size, time.time_ns() // 1_000_000, one_row(size)),
        "exports": lambda: measure_exports(given.size),
        "readers": lambda: measure_readers(config),
    }
    for name in given.parts:
        parts[name]()


if __name__ == "__main__":
    main()
