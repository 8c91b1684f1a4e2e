"""What the settings of each device say; free of any hardware library, so that every process can read them."""

from enum import StrEnum
from typing import Annotated, Literal

import msgspec

from drivers.contactless.uid import UidOrder
from drivers.keyboard.layouts import Layout
from drivers.rfid_numbers import NumberFormat
from foundation.telephone import DEFAULT_REGION, is_region, region_of

DeviceName = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9-]{0,31}$")]
"""A device's name in settings, log and screens: lower-case letters, digits and hyphens."""

Baud = Literal[1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200]

Milliseconds = Annotated[int, msgspec.Meta(ge=500, le=60_000)]


def _check_reversed(form: NumberFormat, *, turned: bool) -> None:
    if turned and form is NumberFormat.CODE:
        raise ValueError("reversed = true needs a format of numbers, such as 10H or 10D")


class DeviceSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the settings say of every device; a row of `drivers.catalog` names the type of its kind."""

    name: DeviceName
    """What logs and screens call it."""


class CameraSettings(DeviceSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One camera, or a recording that stands in for one."""

    source: Annotated[str, msgspec.Meta(min_length=1)]
    """A device (best under /dev/v4l/by-id), an http or rtsp address, a video file or a folder of pictures."""
    rate: Annotated[int, msgspec.Meta(ge=2, le=30)] = 8
    """Pictures per second in which codes are sought."""
    width: Annotated[int, msgspec.Meta(ge=320, le=3840)] = 1280
    """Pixels, asked of a device."""
    height: Annotated[int, msgspec.Meta(ge=240, le=2160)] = 720
    """Pixels, asked of a device."""
    exposure_us: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] = 0
    """Microseconds for which a device exposes; 0: its own, lowered while the middle is burnt out."""
    gain: Annotated[int, msgspec.Meta(ge=0, le=65_535)] | None = None
    """A device's gain on its own scale; none: its own."""
    focus: Annotated[int, msgspec.Meta(ge=0, le=65_535)] | None = None
    """A device's focus on its own scale, for badges held 20 cm before it; none: it focuses by itself."""
    mains_hz: Literal[0, 50, 60] = 50
    """The frequency of the mains, so that lamps make no bands; 0: the place has none."""
    repeat_after_ms: Annotated[int, msgspec.Meta(ge=200, le=60_000)] = 12_000
    """For so long a code must be out of sight before it is presented again; another code never waits."""
    stalled_after_ms: Milliseconds = 3_000
    """Without a picture for so long, the camera is opened again."""
    frozen_after_ms: Annotated[int, msgspec.Meta(ge=0, le=600_000)] = 30_000
    """With one unchanging picture for so long, it is opened again too; 0 leaves it."""
    open_timeout_ms: Milliseconds = 3_000
    """How long a network camera may take to answer."""
    read_timeout_ms: Milliseconds = 2_000
    """How long a network camera may be silent."""
    loop: bool = False
    """Whether a recording begins again at its end."""


class SerialSettings(DeviceSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What every device on a serial port needs; `port` is a path, best one under /dev/serial/by-id."""

    port: Annotated[str, msgspec.Meta(min_length=1)]
    baud: Baud = 9600


class Terminator(StrEnum):
    """What the scanner was configured to send after each code."""

    ANY = "any"  # carriage return, line feed, both, or tabulator
    CR = "cr"
    LF = "lf"
    CRLF = "crlf"
    TAB = "tab"
    SILENCE = "silence"


class ScannerSettings(SerialSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One scanner; `idle_ms` is the silence that ends a code when the scanner sends no terminator.

    It may be a reader of tags or cards, too: `format` is how it gives their numbers, `reversed` whether it
    turns their bytes round.
    """

    terminator: Terminator = Terminator.ANY
    idle_ms: Annotated[int, msgspec.Meta(ge=10, le=1000)] = 50
    format: NumberFormat = NumberFormat.CODE
    reversed: bool = False

    def __post_init__(self) -> None:
        _check_reversed(self.format, turned=self.reversed)


class Checksum(StrEnum):
    """How the module makes the last two digits of a frame."""

    XOR = "xor"
    SUM = "sum"


class Em4100Settings(SerialSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One module; a tag that was not reported for `gone_after_ms` has left, and is new when it returns.

    `reversed` is for modules that turn a tag's bytes round.
    """

    checksum: Checksum = Checksum.XOR
    gone_after_ms: Annotated[int, msgspec.Meta(ge=100, le=60_000)] = 500
    reversed: bool = False


class IdCardSettings(SerialSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One reader of the UART type; the same card counts anew after `gone_after_ms` without a read.

    A card that stays fails the next find on most readers, which looks the same as a card that left. So a
    second visit is told from a card that lies there by its number and this time, not by what find says.
    """

    baud: Baud = 115200
    gone_after_ms: Annotated[int, msgspec.Meta(ge=500, le=60_000)] = 3000


class NumberingPlan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How 0.1 was told in which country a modem is; of it only the country's code is still looked at."""

    country_code: Annotated[str, msgspec.Meta(pattern=r"^[1-9][0-9]{0,2}$")] = "86"
    mobile_digits: Annotated[int, msgspec.Meta(ge=6, le=12)] = 11
    trunk_prefix: Annotated[str, msgspec.Meta(pattern=r"^[0-9]?$")] = "0"


class ModemSettings(SerialSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One modem; `store` is where it keeps messages: on the SIM or in its own memory.

    `region` is the country of its network (ISO 3166), in which senders' national numbers are read.
    """

    baud: Baud = 115200
    store: Literal["SM", "ME"] = "SM"
    look_every_ms: Annotated[int, msgspec.Meta(ge=100, le=60_000)] = 30_000
    region: Annotated[str, msgspec.Meta(pattern="^([A-Z]{2})?$")] = ""
    numbers: NumberingPlan = NumberingPlan()

    def __post_init__(self) -> None:
        if not is_region(self.home):
            raise ValueError(f"no telephone numbers of region {self.home!r} are known; CN, SA … are")

    @property
    def home(self) -> str:
        """The region that is set, else that of a numbering plan of 0.1."""
        if self.region or self.numbers == NumberingPlan():
            return self.region or DEFAULT_REGION
        return region_of(self.numbers.country_code)


class ContactlessSettings(DeviceSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One reader: the first whose name contains `reader`, so an empty text takes any.

    The same card counts anew after `gone_after_ms`, because a card at the edge of the field comes and goes.
    """

    reader: str = ""
    uid_order: UidOrder = UidOrder.AS_READ
    gone_after_ms: Annotated[int, msgspec.Meta(ge=100, le=60_000)] = 1_500


class KeyboardSettings(DeviceSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One scanner or number pad that types; `path` is best one under /dev/input/by-id.

    `usb_id` is its vendor and product ("0c2e:0b61", from lsusb): any other keyboard at that path is refused.
    """

    path: Annotated[str, msgspec.Meta(min_length=1)]
    usb_id: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{4}:[0-9a-f]{4}$")]


class WedgeSettings(KeyboardSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One scanner in keyboard mode; `idle_ms` without a key ends a code that no Enter ended.

    `layout` is the country's keyboard that the scanner was configured to imitate. It may be a reader of tags
    or cards, too: `format` is how it gives their numbers, `reversed` whether it turns their bytes round.
    """

    idle_ms: Annotated[int, msgspec.Meta(ge=20, le=1000)] = 100
    layout: Layout = Layout.US
    format: NumberFormat = NumberFormat.CODE
    reversed: bool = False

    def __post_init__(self) -> None:
        _check_reversed(self.format, turned=self.reversed)


class KeypadSettings(KeyboardSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One number pad; digits that nobody entered are cleared after `forget_after_ms`."""

    forget_after_ms: Annotated[int, msgspec.Meta(ge=1_000, le=600_000)] = 20_000


class FeedbackSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """GPIO lines by their BCM numbers; what is not connected is left out."""

    buzzer: Annotated[int, msgspec.Meta(ge=0, le=27)] | None = None
    blue: Annotated[int, msgspec.Meta(ge=0, le=27)] | None = None
    vermilion: Annotated[int, msgspec.Meta(ge=0, le=27)] | None = None
    active_high: bool = True


class SoundPlayer(StrEnum):
    """The program that plays on a loudspeaker."""

    AUTO = "auto"
    APLAY = "aplay"
    PAPLAY = "paplay"
    NONE = "none"


class SoundSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A loudspeaker: by which program, on which of its devices ("" for its usual one), how loud (percent).

    With `speak` the name of the result is said after its tone; with `bell` the screen's terminal rings where
    there is neither a loudspeaker nor a buzzer.
    """

    player: SoundPlayer = SoundPlayer.AUTO
    device: Annotated[str, msgspec.Meta(max_length=120)] = ""
    volume: Annotated[int, msgspec.Meta(ge=1, le=100)] = 80
    speak: bool = False
    bell: bool = True
