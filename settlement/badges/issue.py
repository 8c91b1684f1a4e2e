"""From the badges that are wanted to the files that are printed: all of them, or none."""

import contextlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from foundation.errors import SettingsError
from foundation.trouble import Trouble
from foundation.words import Words
from settlement.badges.code import CodePrinter, drawing_of
from settlement.badges.csv_source import WantedBadge
from settlement.badges.fonts import Fonts
from settlement.badges.sheet import PrintedBadge, make_sheets
from settlement.troubles import CentreTrouble
from sync.contract import badge
from sync.contract.signing import SigningKey


class Outputs(Struct, frozen=True):
    """What is wanted: one PDF of sheets, a folder of PNG pictures, a folder of SVG drawings."""

    sheets: Path | None = None
    pictures: Path | None = None
    drawings: Path | None = None


def without_font(wanted: Sequence[WantedBadge], fonts: Fonts) -> dict[Trouble, Trouble]:
    """Which names can't be written, by their places, and why."""
    return {one.place: fonts.missing(one.name) for one in wanted if fonts.font_for(one.name) is None}


def files_of(
    wanted: Sequence[WantedBadge], key: SigningKey, outputs: Outputs, fonts: Fonts | None, words: Words
) -> dict[Path, bytes]:
    """Every file's content; nothing is written yet. `fonts` are needed for sheets.

    Raises DeviceError for a code that can't be read again, and when a decoder is missing.
    """
    printer = CodePrinter()
    files: dict[Path, bytes] = {}
    printed: list[PrintedBadge] = []
    for one in wanted:
        token = badge.issue(one.badge, key)
        picture = printer.png(token)
        name = f"{one.badge.volunteer}-{one.badge.serial}"
        if outputs.pictures:
            files[outputs.pictures / f"{name}.png"] = picture
        if outputs.drawings:
            files[outputs.drawings / f"{name}.svg"] = drawing_of(token)
        printed.append(PrintedBadge(picture, one.name, _small_print(one, words)))
    if outputs.sheets and fonts:
        is_demo = any(one.badge.demo for one in wanted)
        heading = words.say("demo-banner") if is_demo else ""
        files[outputs.sheets] = make_sheets(printed, fonts, heading)
    return files


def write_new(files: Mapping[Path, bytes], *, overwrite: bool) -> None:
    """Write all files, or none: where one exists already (but for `overwrite`), or where the disk refuses.

    Raises SettingsError.
    """
    existing = [] if overwrite else [file for file in files if file.exists()]
    if existing:
        raise SettingsError(CentreTrouble.BADGES_THERE, path=existing[0], number=len(existing))
    new = [file for file in files if not file.exists()]
    try:
        for file, content in files.items():
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
    except OSError as error:
        for file in new:
            with contextlib.suppress(OSError):  # what was never written, or lies where nothing can be deleted
                file.unlink(missing_ok=True)
        raise SettingsError(
            CentreTrouble.BADGES_NOT_WRITTEN, path=error.filename, why=error.strerror
        ) from error


def _small_print(one: WantedBadge, words: Words) -> tuple[str, ...]:
    number, last_day = str(one.badge.volunteer), one.badge.last_day
    return (number, words.say("badge-until", date=last_day.isoformat())) if last_day else (number,)
