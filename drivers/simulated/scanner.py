"""A barcode scanner on a simulated serial line."""

from pathlib import Path

from drivers.simulated.serial_line import SerialLine


class SimulatedScanner(SerialLine):
    """Sends codes as a scanner does; `suffix` is what it was configured to send after each."""

    def __init__(self, path: Path, *, suffix: str = "\r") -> None:
        super().__init__(path)
        self._suffix = suffix

    def scan(self, text: str) -> None:
        """Read one code. The bytes are UTF-8, as scanners send what is not ASCII."""
        self.send((text + self._suffix).encode())
