"""What happens to a terminal's card: an old image is put back, or a second device runs on a copy."""

import shutil
from pathlib import Path
from random import Random

from sync.log.reader import LogReader
from tests.nemesis.line import Line
from tests.nemesis.template import GATES


def image_put_back(line: Line, random: Random) -> None:
    """After the image some were delivered and some not; those that were not are gone with the card."""
    gate = random.choice(GATES)
    image = line.image_of(gate)
    delivered = {one.place for one in line.shown()}
    line.wait_for_shown(random.randrange(15, 30))
    line.until_stored([one for one in line.shown() if one.place not in delivered and one.place[0] == gate])
    line.kill(f"uplink {gate}")
    line.wait_for_shown(random.randrange(10, 30))
    line.kill(f"engine {gate}")
    worn = line.folder / f"worn-{gate}"
    shutil.copytree(line.gate(gate) / "state", worn)
    line.images.append((gate, worn / "log.db"))
    shutil.rmtree(line.gate(gate) / "state")
    shutil.copytree(image, line.gate(gate) / "state")
    line.doubted.add(gate)
    line.forgiven |= {one.place for one in line.shown() if one.place[0] == gate} - _held(
        line.log_file(gate), gate
    )
    line.begin(f"engine {gate}")
    line.begin(f"uplink {gate}")
    line.wait_for_shown(10)


def card_cloned(line: Line, random: Random) -> None:
    """A second device speaks with the same certificate and key, and the log of before; both accept people."""
    gate = random.choice(GATES)
    clone = line.folder / "gates" / "clone"
    shutil.copytree(line.gate(gate), clone, ignore=shutil.ignore_patterns("state", "kiosk.sock"))
    shutil.copytree(line.image_of(gate), clone / "state")
    settings = line.write_settings(gate, clone)
    line.images.append((gate, clone / "state" / "log.db"))
    line.doubted.add(gate)
    line.begin_with(f"engine {gate} clone", settings)
    line.begin_with(f"uplink {gate} clone", settings)
    line.wait_for_shown(random.randrange(30, 60))
    line.quieten(clone)
    line.wait_for_shown(3)


def _held(file: Path, gate: str) -> set[tuple[str, str, int]]:
    reader = LogReader(file, gate)
    try:
        return {(gate, head.epoch, seq) for head in reader.heads() for seq in range(1, head.head + 1)}
    finally:
        reader.close()
