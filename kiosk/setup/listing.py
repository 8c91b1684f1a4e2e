"""The devices of a machine as lines, by the names that belong into the settings."""

from collections.abc import Iterator

from foundation.words import Words
from kiosk.setup.machine import DeviceFile, Machine


def describe_machine(machine: Machine, words: Words) -> Iterator[str]:
    """The devices that were found, by their most stable names."""
    found = {
        "serial_ports": [_shown(one) for one in machine.serial_ports],
        "cameras": [_shown(one) for one in machine.cameras],
        "keyboards": [_shown(one) for one in machine.keyboards],
        "card_readers": list(machine.card_readers),
        "gpio": [_shown(one) for one in machine.gpio_chips],
    }
    yield words.say("doctor-machine")
    for kind, entries in found.items():
        title, fault = words.say(f"doctor-{kind}"), machine.card_service_fault
        if entries:
            yield f"  {title}"
            yield from (f"    {entry}" for entry in entries)
        elif kind == "card_readers" and fault:
            yield "  " + words.together(title, words.say("doctor-not_known", why=words.what(fault)))
        else:
            yield "  " + words.together(title, words.say("doctor-none"))


def _shown(one: DeviceFile) -> str:
    return one.path if one.path == one.real else f"{one.path} → {one.real}"
