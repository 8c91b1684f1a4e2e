"""Where a kind of device must be known, so that somebody who adds one is told what is left to do."""

import re
import tomllib
from pathlib import Path

import msgspec

import drivers
from drivers.catalog import DeviceKind
from foundation import settings
from foundation.words import LANGUAGES, message_ids

EXAMPLES = re.sub(
    r"^# (?=\[|\w+ = )", "", settings.shipped("kiosk.toml").read_text(encoding="utf-8"), flags=re.MULTILINE
)
"""The shipped settings with the examples of all devices taken out of their comments."""
CARDS = (Path(drivers.__file__).parent / "QUALITY.toml").read_text(encoding="utf-8")


def example_of(kind: DeviceKind, examples: str = EXAMPLES):
    """The first device of the kind in settings; None where they have none."""
    tables = tomllib.loads(examples).get(kind.name, [])
    return msgspec.convert(tables[0], kind.settings_type) if tables else None


def missing_of(kind: DeviceKind, examples: str = EXAMPLES, cards: str = CARDS) -> list[str]:
    """What a kind still lacks, besides its row, its driver and its twin, which are loaded here."""
    missing = []
    if example_of(kind, examples) is None:
        missing.append("an example in config/kiosk.toml")
    driver, twin = kind.load_driver(), kind.load_twin()
    if tomllib.loads(cards).get(kind.name, {}).get("driver") != f"{driver.__module__}.{driver.__name__}":
        missing.append("a card in drivers/QUALITY.toml")
    if kind.twin_as and not all(hasattr(twin, name) for name in ("of", "port", "obey")):
        missing.append("a twin that the demo can command")
    for language in LANGUAGES:
        known = set(message_ids(language))
        missing += [
            f"method-{presented} in {language}.ftl"
            for presented in kind.presents
            if f"method-{presented}" not in known
        ]
    return missing
