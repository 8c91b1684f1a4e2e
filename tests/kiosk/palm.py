"""A kind of device that does not exist: a palm reader on a serial line, which knows palms by names taught in.

Everything that somebody would write for it is here: settings, driver, stand-in, row, example.
"""

from drivers.catalog import Connection, DeviceKind
from drivers.lifecycle import Unreadable, tell_nobody
from drivers.reading import Deliver, Now, Presented, Secret
from drivers.serial_port import SerialDriver
from drivers.settings import SerialSettings
from drivers.simulated.serial_line import SerialLine


class PalmSettings(SerialSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One reader; the higher `strictness`, the more alike two readings of one palm must be."""

    strictness: int = 3


class PalmDriver(SerialDriver):
    """Presents the name of each palm; the reader sends it and a line feed, or ? for an unknown one."""

    def __init__(
        self, settings: PalmSettings, *, deliver: Deliver, now: Now, unreadable: Unreadable = tell_nobody
    ) -> None:
        super().__init__(
            settings, kind="palm", read_timeout_ms=50, deliver=deliver, now=now, unreadable=unreadable
        )
        self._line = b""

    def step(self) -> None:
        *lines, self._line = (self._line + self.port.read()).split(b"\n")
        for line in lines:
            if line == b"?":
                self.reject()
            else:
                self.present(Presented.CODE, Secret(line.decode("ascii")))


class SimulatedPalmReader(SerialLine):
    """The reader's end of the line."""

    def hold(self, name: str) -> None:
        """Hold a palm over it that was taught in under a name."""
        self.send(name.encode("ascii") + b"\n")


PALM = DeviceKind(
    "palm",
    PalmSettings,
    f"{__name__}:PalmDriver",
    Connection.SERIAL,
    path_field="port",
    presents=(Presented.CODE,),
    twin=f"{__name__}:SimulatedPalmReader",
)

EXAMPLE = """
[[palm]]
name = "palm"
port = "/dev/serial/by-id/usb-palm"
strictness = 3
"""

CARD = f"""
[palm]
driver = "{__name__}.PalmDriver"
"""
