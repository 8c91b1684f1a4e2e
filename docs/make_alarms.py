#!/usr/bin/env python3
"""Write docs/alarms.md from the code and the English catalog: `docs/make_alarms.py`, or `make alarms`."""

import tempfile
from collections.abc import Iterable, Iterator
from enum import StrEnum
from pathlib import Path

from fluent.runtime import FluentResource
from fluent.syntax import ast
from fluent.syntax.visitor import Visitor
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families

from drivers.troubles import DeviceTrouble
from foundation.words import CATALOGS, Words
from kiosk.health.metrics import write_metrics
from kiosk.local_api.messages import Device, LinkReport, Status
from kiosk.troubles import TerminalTrouble
from settlement.evidence.alarm_codes import CentreAlarm
from sync.contract.enrolment import EnrolmentRefusal
from sync.contract.events import AlarmCode
from sync.contract.wire import RejectCode
from sync.line.troubles import LineTrouble
from sync.log.troubles import LogTrouble

DOCUMENT = Path(__file__).with_name("alarms.md")
AS_THE_REASON_SAYS = "As the reason says."

_HEAD = """\
# Everything that a terminal reports

Made by `make alarms` from the code and the English catalog; a test tells when it is old. What to do
about it, in which order: [operations.md](operations.md). Words in CAPITALS stand for what is filled in.

## Figures for Prometheus

The text file that `metrics_file` of kiosk.toml names, replaced every 15 seconds. A figure that the machine
can't tell is left out.

| figure | labels | what it says |
|---|---|---|
"""
_FAMILIES: tuple[tuple[str, str, str, type[StrEnum]], ...] = (
    (
        "The line to the centre",
        "The monitor (`muster monitor`) shows it below the state of the link.",
        "error",
        LineTrouble,
    ),
    ("Why the centre refuses something", "Within one of the above.", "reject", RejectCode),
    ("What the centre is told at once", "By `muster centre alarms`.", "alarm", AlarmCode),
    (
        "What the centre finds wrong with a log",
        "By `muster centre alarms` and on the board, until `muster centre settle-alarm`.",
        "alarm",
        CentreAlarm,
    ),
    ("The log", "The monitor shows it, and the terminal records on where it can.", "error", LogTrouble),
    (
        "Devices",
        "The monitor shows it below the device, and `muster doctor`.",
        "error",
        DeviceTrouble,
    ),
    ("The terminal itself", "At its start, in its journal, or by `muster doctor`.", "error", TerminalTrouble),
    ("Enrolment", "By `muster enrol`, in the language that it was asked in.", "enrol", EnrolmentRefusal),
)


class _Variables(Visitor):  # type: ignore[misc] # the library has no types
    """Gathers the variables of a pattern."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def visit_VariableReference(self, node: ast.VariableReference) -> None:  # noqa: N802 - the library's name
        """Note one."""
        self.names.add(node.id.name)


def document() -> str:
    """The whole document."""
    parts = [_HEAD + "\n".join(_figures())]
    for title, where, family, codes in _FAMILIES:
        rows = "\n".join(_rows(family, codes))
        parts.append(f"## {title}\n\n{where}\n\n| code | what is wrong | what to do |\n|---|---|---|\n{rows}")
    return "\n\n".join(parts) + "\n"


def _figures() -> Iterator[str]:
    for metric in sorted(figures(), key=lambda one: one.name):
        sample = metric.samples[0]
        labels = ", ".join(f"`{label}`" for label in sample.labels) or "–"
        yield f"| `{sample.name}` | {labels} | {metric.documentation} |"


def figures() -> list[Metric]:
    """Every figure of the file that a terminal writes for Prometheus, read back from such a file."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "muster.prom"
        write_metrics(_everything(), file)
        return list(text_string_to_metric_families(file.read_text(encoding="utf-8")))


def _everything() -> Status:
    """A status in which nothing is left out."""
    device = Device("scanner", "scanner", "ready", 1, 0, None, 1)
    link = LinkReport(True, 0, 1, 1, [], 270)
    return Status(
        1,
        "synced",
        link,
        [device],
        [],
        1,
        1,
        clock_error_ms=1,
        temperature_mc=1,
        undervoltage=False,
        throttled_bits=0,
    )


def _rows(family: str, codes: Iterable[StrEnum]) -> Iterator[str]:
    messages = _messages()
    words = Words("en")
    for code in sorted(codes, key=str):
        message = f"{family}-{code}"
        if message not in messages:
            continue  # a code for programs only
        cells = [
            _cell(words.say(name, **_filled(messages[name]))) if name in messages else ""
            for name in (message, f"{message}.remedy")
        ]
        yield f"| `{code}` | {cells[0]} | {cells[1]} |"


def _messages() -> dict[str, ast.Pattern]:
    """Every message and attribute of the English catalog."""
    found: dict[str, ast.Pattern] = {}
    for entry in FluentResource((CATALOGS / "en.ftl").read_text(encoding="utf-8")).body:
        if isinstance(entry, ast.Message):
            found[entry.id.name] = entry.value
            found |= {f"{entry.id.name}.{one.id.name}": one.value for one in entry.attributes}
    return found


def _filled(pattern: ast.Pattern) -> dict[str, str]:
    variables = _Variables()
    variables.visit(pattern)
    return {
        name: AS_THE_REASON_SAYS if name.endswith("_remedy") else name.upper()
        for name in sorted(variables.names)
    }


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def main() -> None:
    """Write the document."""
    DOCUMENT.write_text(document(), encoding="utf-8")


if __name__ == "__main__":
    main()
