"""What a large roster costs a terminal: loading it at start, taking it from the centre, looking people up.

    python benchmarks/roster_load.py [--volunteers N] [--folder FOLDER]

Every volunteer has a name of four characters, a card and a telephone. Loading is what the engine does at its
start: read, decrypt, verify, inflate, decode, index. The baseline is the bare decoding of the same JSON by
msgspec; the two take turns. Taking is what a swap costs besides: chunks verified, put together, kept durably.
Memory is what a process of its own grows by when it loads the roster.
"""

import argparse
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
from kiosk_folder import (
    PSEUDONYM_KEY,
    describe_machine,
    quantile,
    roster_of,
    seal_as_centre,
    seal_chunks_as_centre,
    write_folder,
)

from foundation.clock import SystemClock
from kiosk.local_api.messages import FromCentre
from kiosk.provisioning.centre_data import CentreData
from kiosk.provisioning.receive import DownlinkReceiver
from kiosk.roster.index import RosterIndex
from kiosk.settings import KioskFiles
from sync.contract.events import Assurance, Method
from sync.contract.pseudonym import Subject, keyed_reference
from sync.contract.roster import Roster, RosterCredential, RosterPerson

ROUNDS = 15
LOOK_UPS = 100_000


def main() -> None:
    """Measure and print; the last line is the ratio."""
    arguments = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    arguments.add_argument("--volunteers", type=int, default=20_000, help="on the roster (20,000)")
    arguments.add_argument("--folder", type=Path, default=Path(), help="on the disk to be measured")
    arguments.add_argument("--grow", type=Path, help=argparse.SUPPRESS)
    chosen = arguments.parse_args()
    if chosen.grow:
        print(_growth_kib(chosen.grow))
        return
    print(describe_machine())
    roster = large_roster(chosen.volunteers)
    plain = msgspec.json.encode(roster)
    sealed = seal_as_centre(roster)
    with tempfile.TemporaryDirectory(dir=chosen.folder, prefix="bench-") as temporary:
        settings = write_folder(Path(temporary) / "terminal", 1)
        (settings.parent / "roster.json").unlink()
        files = KioskFiles(settings)
        holdings = CentreData(files)
        chunks = [FromCentre(message, 0) for message in seal_chunks_as_centre(sealed, roster.version)]
        taking = [_timed(lambda: _take(holdings, chunks)) for _ in range(3)]
        load_ns, decode_ns = [], []
        for _ in range(ROUNDS):
            load_ns.append(_timed(holdings.roster))
            decode_ns.append(_timed(lambda: msgspec.json.decode(plain, type=Roster)))
        grown = subprocess.run(
            [sys.executable, __file__, "--grow", str(settings)], capture_output=True, text=True, check=True
        )
    index = RosterIndex(roster)
    print(
        f"{chosen.volunteers:,} volunteers, {len(roster.credentials):,} cards and telephones: "
        f"{len(plain) / 1e6:.1f} MB of JSON, {len(sealed) / 1e6:.1f} MB sealed, {len(chunks)} chunks"
    )
    print(f"load at start      median {_ms(load_ns)}, slowest {max(load_ns) / 1e6:.0f} ms")
    print(f"bare decoding      median {_ms(decode_ns)}")
    print(f"take from centre   median {_ms(taking)}")
    print(f"memory             {int(grown.stdout) / 1024:.0f} MB more than before")
    print(f"look-up            {_look_up_ns(index, roster)} ns a card")
    print(
        "target: load under 2 s on a machine of a Pi's size, which is about 8 times slower than a desktop's"
    )
    ratio = quantile(load_ns, 50) / quantile(decode_ns, 50)
    print(f"roster-load ratio: median {ratio:.2f} (baseline: bare decoding of the same roster)")


def large_roster(volunteers: int) -> Roster:
    """A roster of so many volunteers, each with a card and a telephone; the same one for the same number."""
    chance = random.Random(volunteers)
    people = [
        RosterPerson(str(number), "".join(chr(chance.randrange(0x4E00, 0x9FA5)) for _ in range(4)), "zh-Hans")
        for number in range(1, volunteers + 1)
    ]
    credentials = []
    for number in range(1, volunteers + 1):
        card = keyed_reference(PSEUDONYM_KEY, Subject.ID_NUMBER, f"{number:017}X")
        phone = keyed_reference(PSEUDONYM_KEY, Subject.PHONE, f"+86138{number:08}")
        credentials += [
            RosterCredential(card, str(number), Method.ID_CARD, Assurance.HIGH),
            RosterCredential(phone, str(number), Method.SMS_IN, Assurance.LOW),
        ]
    bare = roster_of(0, SystemClock().wall_ms())
    return msgspec.structs.replace(bare, people=people, credentials=credentials)


def _take(holdings: CentreData, chunks: list[FromCentre]) -> None:
    intake = DownlinkReceiver(holdings, roster_version=0, settings_version=0)
    for chunk in chunks:
        intake.take(chunk)
    if not intake.arrived():
        raise RuntimeError("the roster was not taken")


def _timed(call: Callable[[], object]) -> int:
    begin = time.perf_counter_ns()
    call()
    return time.perf_counter_ns() - begin


def _look_up_ns(index: RosterIndex, roster: Roster) -> int:
    """Whose card is it, and who is that: per card, in no order that a cache would like."""
    chance = random.Random(1)
    references = [chance.choice(roster.credentials).ref for _ in range(LOOK_UPS)]
    begin = time.perf_counter_ns()
    for reference in references:
        known = index.credential(reference)
        if known:
            index.person(known.volunteer)
    return (time.perf_counter_ns() - begin) // LOOK_UPS


def _growth_kib(settings: Path) -> int:
    holdings = CentreData(KioskFiles(settings))
    before = _resident_kib()
    held = holdings.roster()
    grown = _resident_kib() - before
    if held is None:
        raise RuntimeError("no roster was kept")
    return grown


def _resident_kib() -> int:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmRSS:")[2].split()[0])


def _ms(times: list[int]) -> str:
    return f"{quantile(times, 50) / 1e6:.0f} ms"


if __name__ == "__main__":
    main()
