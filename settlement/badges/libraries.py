"""The libraries that draw badges and read them again, which not every centre has."""

from importlib.util import find_spec

from foundation.errors import SettingsError
from settlement.troubles import CentreTrouble

_NEEDED = ("fontTools", "fpdf", "PIL", "pyzbar", "segno", "uharfbuzz", "zxingcpp")
_TO_DRAW = ("fontTools", "fpdf", "PIL", "segno", "uharfbuzz")


def require_libraries() -> None:
    """Raises SettingsError when one of them is not installed."""
    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        raise SettingsError(CentreTrouble.BADGE_LIBRARIES_MISSING, missing=missing)


def missing_libraries() -> list[str]:
    """Which of those are not installed that draw a sheet."""
    return [name for name in _TO_DRAW if find_spec(name) is None]
