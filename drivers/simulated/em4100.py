"""An RDM6300 module on a simulated serial line."""

from pathlib import Path

from drivers.em4100 import ETX, STX, checksum_of
from drivers.settings import Checksum
from drivers.simulated.serial_line import SerialLine


class SimulatedEm4100(SerialLine):
    """Sends the frames of tags that are held to the antenna."""

    def __init__(self, path: Path, *, checksum: Checksum = Checksum.XOR) -> None:
        super().__init__(path)
        self._checksum = checksum

    def hold(self, number: str, *, repeats: int = 3) -> None:
        """Hold the tag with these ten hexadecimal digits to the antenna for so many frames."""
        identity = bytes.fromhex(number)
        digits = identity.hex().upper() + f"{checksum_of(identity, self._checksum):02X}"
        self.send((bytes([STX]) + digits.encode("ascii") + bytes([ETX])) * repeats)
