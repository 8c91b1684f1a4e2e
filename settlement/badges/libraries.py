"""The libraries that draw badges and read them again, which not every centre has."""

from importlib.util import find_spec

from foundation.errors import SettingsError

_NEEDED = ("fontTools", "fpdf", "numpy", "PIL", "pyzbar", "segno", "uharfbuzz", "zxingcpp")


def require_libraries() -> None:
    """Raises SettingsError when one of them is not installed."""
    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        raise SettingsError(
            f"Badges can't be printed here: {', '.join(missing)} is not installed.",
            remedy="Install Muster with what prints badges: pip install 'muster[badges]'.",
        )
