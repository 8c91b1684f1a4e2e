"""The show's folder: the demo's site with three terminals, each with a scanner and a line of its own."""

import json
from collections.abc import Mapping
from pathlib import Path

from muster.demo.day import Day
from muster.demo.show.deeds import GATE_KEYS
from muster.demo.site import Ports, Site

GATES = ("north-gate", "south-gate", "river-gate")
"""How the terminals are called, one for each key that picks one."""


class ShowSite(Site):
    """The same keys, certificates and centre; only the terminals differ."""

    def __init__(self, folder: Path, day: Day) -> None:
        """Make the folder's keys and clock; the folder must be empty."""
        super().__init__(folder, day)
        for gate in GATES[: len(GATE_KEYS)]:
            (folder / gate / "state").mkdir(parents=True)

    @property
    def terminals(self) -> Mapping[str, Path]:
        """The settings of each terminal, by its name."""
        return {gate: self.folder / gate / "kiosk.toml" for gate in GATES}

    def configure(self, ports: Ports, camera: str) -> None:
        """Write all settings files; enrolling completes the terminals'."""
        super().configure(ports, camera)
        for gate, config in self.terminals.items():
            config.write_text(self._gate_toml(gate), encoding="utf-8")

    def _gate_toml(self, gate: str) -> str:
        return f"""# A terminal of the show.
terminal = "{gate}"
realm = "demo"
state_folder = "state"
socket = "kiosk.sock"
pseudonym_key_file = "pseudonym.key"
roster_file = "roster.json"
centre_key = "{"0" * 64}"
shared_clock = {json.dumps(str(self.folder / gate / "clock"))}
result_shown_s = 2

[broker]
longest_pause_ms = 1000

[[scanner]]
name = "scanner"
port = {json.dumps(str(self.folder / gate / "scanner"))}
"""
