"""The numbers of those who were erased, in a file beside the archive: a restored backup brings them back."""

from pathlib import Path

from foundation.durable import make_folder, replace_file
from foundation.errors import SettingsError
from foundation.troubles import FileTrouble
from settlement.accounts.audit import Signed
from settlement.models import Volunteer
from settlement.personal_data.erasure import take_away

NAME = "erased.txt"


def list_erased(folder: Path) -> None:
    """Write down whoever is erased and does not stand there yet, durably; raises SettingsError."""
    path = folder / NAME
    listed = _listed(path)
    numbers = listed | set(Volunteer.objects.filter(erased_ms__isnull=False).values_list("number", flat=True))
    if numbers == listed:
        return
    try:
        make_folder(folder, 0o750)
        replace_file(path, "".join(f"{number}\n" for number in sorted(numbers)).encode(), 0o640)
    except OSError as error:
        raise SettingsError(FileTrouble.FILE_NOT_WRITTEN, path=path, why=error.strerror) from error


def erase_again(folder: Path, now_ms: int) -> list[int]:
    """Erase those on the list whom a restored backup brought back; returns their numbers."""
    back = Volunteer.objects.filter(number__in=_listed(folder / NAME), erased_ms=None).order_by("number")
    numbers = []
    for volunteer in back:
        take_away(volunteer, Signed(None, now_ms))
        numbers.append(volunteer.number)
    return numbers


def _listed(path: Path) -> set[int]:
    try:
        return {int(line) for line in path.read_text(encoding="ascii").split()}
    except FileNotFoundError:
        return set()
    except (OSError, ValueError) as error:
        raise SettingsError(FileTrouble.FILE_NOT_READ, path=path, why=error) from error
