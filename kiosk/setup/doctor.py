"""`muster doctor`: the whole terminal on one page, what to repair, and an archive for support."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from foundation import VERSION
from foundation.errors import SettingsError
from foundation.settings import is_there
from foundation.trouble import Trouble
from foundation.words import Direction, Words
from kiosk.checkup.clock import minute_of
from kiosk.checkup.page import HEIGHT, WIDTH, page_of
from kiosk.screens.display import wrap
from kiosk.settings import KioskFiles
from kiosk.setup.bundle import write_bundle
from kiosk.setup.diagnosis import devices_with_files, diagnose
from kiosk.setup.examination import Examined, examine
from kiosk.setup.listing import describe_machine
from kiosk.setup.machine import Machine, look_at_this_machine
from kiosk.setup.trial import keep_drivers_quiet

INSTALLED_SETTINGS = Path("/etc/muster/kiosk.toml")

_SERVICE_USER = "muster-kiosk"

Say = Callable[[str], None]


def run_doctor(
    config: Path | None, words: Words, say: Say, bundle: Path | None = None, badge_s: int | None = None
) -> bool:
    """Tell the page with `say`, a line at a time, in `words`; whether nothing is broken.

    Without `config`, the installed settings are taken where there are any; without those the devices of this
    machine are listed, and nothing counts as broken. `bundle` is the archive to write for support, also of a
    terminal whose settings are wrong. For `badge_s` seconds a badge may be held up to each device that reads
    codes. Raises SettingsError for wrong settings, and where no archive can be written.
    """
    keep_drivers_quiet()
    if config is None and is_there(INSTALLED_SETTINGS):
        config = INSTALLED_SETTINGS
    if config is None:
        machine = look_at_this_machine()
        _tell_machine(machine, words, say)
        _bundle(bundle, None, None, machine, words, say)
        return True
    try:
        files = KioskFiles(config)
    except SettingsError:
        _bundle(bundle, None, None, look_at_this_machine(), words, say)
        raise

    def ask(devices: Sequence[str]) -> int:
        told = {"devices": ", ".join(devices), "seconds": str(badge_s)}
        for line in wrap(words.say("doctor-badge", **told), WIDTH):
            say(line)
        return (badge_s or 0) * 1000

    examined = examine(files, config, ask if badge_s else None)
    as_root = examined.tried and examined.machine.user == "root"
    hints = [*wrap(words.say("doctor-root"), WIDTH), *wrap(as_the_service(), WIDTH)] if as_root else []
    for line in (*describe(files, examined, words, HEIGHT - len(hints) - 2 * bool(bundle)), *hints):
        say(line)
    _bundle(bundle, files, examined, examined.machine, words, say)
    return examined.is_well


def list_devices(config: Path | None, words: Words, say: Say) -> None:
    """Tell what is connected, by the names to write into the settings; raises SettingsError."""
    settings = KioskFiles(config).settings if config else None
    named = [one.file for one in devices_with_files(settings)] if settings else []
    for line in describe_machine(look_at_this_machine(named), words):
        say(line)


def describe(files: KioskFiles, examined: Examined, words: Words, height: int) -> Iterator[str]:
    """The page, in so many lines."""
    head = words.say(
        "doctor-head", terminal=files.settings.terminal, now=minute_of(examined.wall_ms), version=VERSION
    )
    return page_of(head, examined.checks, words, height)


def describe_findings(findings: Sequence[Trouble], words: Words) -> Iterator[str]:
    """What to repair on a machine that is no terminal yet, numbered."""
    yield "\n" + words.say("doctor-repair" if findings else "doctor-nothing")
    arrow = "←" if words.direction is Direction.RTL else "→"
    for number, one in enumerate(findings, start=1):
        yield f"  {number}. {words.what(one)}"
        yield f"     {arrow} {words.remedy(one)}"


def as_the_service() -> str:
    """The command with which root sees what the service may do."""
    return f"runuser -u {_SERVICE_USER} -Gmuster -Gdialout -Gvideo -Ginput -Gaudio muster doctor"


def _tell_machine(machine: Machine, words: Words, say: Say) -> None:
    for line in describe_machine(machine, words):
        say(line)
    say("\n" + words.say("doctor-no_settings", path=str(INSTALLED_SETTINGS)))
    for line in describe_findings(diagnose(machine, None), words):
        say(line)


def _bundle(
    path: Path | None,
    files: KioskFiles | None,
    examined: Examined | None,
    machine: Machine,
    words: Words,
    say: Say,
) -> None:
    if path:
        write_bundle(path, files, examined, machine)
        for line in wrap(words.say("doctor-bundle", path=str(path)), WIDTH):
            say(line)
