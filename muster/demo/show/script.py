"""Keys that play themselves: a script of the show, for tests and for the recording. Pure but for the file."""

from pathlib import Path

from msgspec import Struct

from foundation.errors import SettingsError
from foundation.text_files import read_text
from muster.demo.show.deeds import KEYS
from muster.troubles import CommandTrouble

DEFAULT = "default"


class Cue(Struct, frozen=True):
    """A key that is pressed so many seconds after the show began."""

    at_s: float
    key: str


def shipped_script() -> Path:
    """The script that ships with Muster: every fault once, in a minute."""
    return Path(__file__).with_name("script.txt")


def load_script(name: str) -> list[Cue]:
    """The cues of a file, or of the shipped one; raises SettingsError with the line that is wrong."""
    path = shipped_script() if name == DEFAULT else Path(name)
    try:
        return read_script(read_text(path))
    except ValueError as error:
        raise SettingsError(CommandTrouble.SHOW_SCRIPT_WRONG, path=path, why=error) from error


def read_script(text: str) -> list[Cue]:
    """A cue a line, as in `12.5 n`; `#` begins a remark. Raises ValueError."""
    cues: list[Cue] = []
    for number, line in enumerate(text.splitlines(), 1):
        words = line.partition("#")[0].split()
        if not words:
            continue
        try:
            at_s, key = float(words[0]), "".join(words[1:])
        except ValueError:
            at_s, key = -1.0, ""
        if key not in KEYS or at_s < (cues[-1].at_s if cues else 0.0):
            raise ValueError(f"line {number}: {line.strip()}")
        cues.append(Cue(at_s, key))
    return cues
