"""What a terminal told of itself, in words: what became another, before and after."""

from foundation.words import Words
from settlement.explain.sentences import Teller
from settlement.review.terminal_history import Stretch
from settlement.review.told_facts import Told

_FACTS = (
    "link",
    "is_silent",
    "clock",
    "temperature_c",
    "disk_mib",
    "unsent",
    "software",
    "roster",
    "settings",
    "low_voltage",
    "log_trouble",
)


def stretch_said(one: Stretch, words: Words, teller: Teller) -> dict[str, object]:
    """One stretch for a page."""
    return {
        "from": teller.when(one.from_ms),
        "until": teller.when(one.until_ms) if one.until_ms else "",
        "link": _fact("link", one.told, words),
        "is_online": one.told.link == "online",
        "rows": _changes(one.before or Told(), one.told, words),
        "times": words.say("told-times", count=one.times) if one.times > 1 else "",
    }


def _changes(before: Told, now: Told, words: Words) -> list[tuple[str, str, str]]:
    """What became another: its name, before, and after."""
    rows = [
        (words.code("told", name), _fact(name, before, words), _fact(name, now, words))
        for name in _FACTS
        if getattr(before, name) != getattr(now, name)
    ]
    devices = sorted(before.devices.keys() | now.devices.keys())
    return rows + [
        (name, _device(name, before, words), _device(name, now, words))
        for name in devices
        if before.devices.get(name) != now.devices.get(name)
    ]


def _device(name: str, told: Told, words: Words) -> str:
    return words.code("device", told.devices[name]) if name in told.devices else "–"


def _fact(name: str, told: Told, words: Words) -> str:
    value = getattr(told, name)
    if value is None or value == "":
        return "–"
    if name == "link":
        return words.code("told_link", value)
    if name == "clock":
        return words.code("clock", value)
    if isinstance(value, bool):
        return words.say("told-yes" if value else "told-no")
    if name == "temperature_c":
        return f"{value} °C"
    return f"{value} MiB" if name == "disk_mib" else str(value)
