"""Runs the engine of a machine: the terminal's, or what waits for an enrolment."""

from pathlib import Path

from foundation.errors import SettingsError
from foundation.signals import stop_when_told
from kiosk.devices import LibraryTwins
from kiosk.engine_process import Terminal
from kiosk.settings import KioskFiles
from kiosk.troubles import TerminalTrouble
from kiosk.unenrolled import SettingsWatch, UnenrolledTerminal, lack_of
from sync.contract.wire import Realm


def run_terminal(config: Path, twins: Path | None) -> None:
    """Run the engine of the settings file until SIGTERM or SIGINT.

    With `twins`, keypads and contactless readers are stand-ins that are commanded through that socket.
    A terminal that is not enrolled yet waits for that, with its devices and screens.
    """
    stop = stop_when_told()
    while not stop.is_set():
        watch, files = SettingsWatch(config), KioskFiles(config)
        opened = _open_twins(files, twins) if twins else None
        lack = lack_of(files)
        if lack is None:
            Terminal(files, opened).run(stop)
        else:
            UnenrolledTerminal(files, lack, opened).run(stop, watch)


def _open_twins(files: KioskFiles, path: Path) -> LibraryTwins:
    # Only demonstrations have them; a terminal at a site loads no stand-in.
    from drivers.simulated.twins import Twins, twins_of  # noqa: PLC0415

    if files.settings.realm is not Realm.DEMO:
        raise SettingsError(TerminalTrouble.STAND_INS_AT_LIVE)
    return Twins(path, twins_of(files.settings.devices)).ports()
