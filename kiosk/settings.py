"""The terminal's settings, as `config/kiosk.toml` explains them."""

import types
import zoneinfo
from functools import cache
from pathlib import Path
from typing import Annotated, Any, ClassVar, cast

import msgspec
import structlog
from msgspec import Meta, Struct

from drivers import catalog
from drivers.catalog import ConfiguredDevice, DeviceKind
from drivers.contactless.ntag424 import TagKeys
from drivers.reading import Presented
from drivers.settings import FeedbackSettings, SoundSettings
from foundation import settings
from foundation.errors import SettingsError
from foundation.trouble import Trouble
from kiosk.troubles import TerminalTrouble
from sync.contract.events import HashHex, TerminalId
from sync.contract.handover import CentreKeys, read_handovers
from sync.contract.pseudonym import load_key
from sync.contract.remote_settings import (
    Contact,
    DefaultActivity,
    IdleMinutes,
    QuestionSeconds,
    ScreenLanguage,
    ShownSeconds,
    SmsNumber,
    TerminalDirection,
)
from sync.contract.signing import SigningKey, VerifyKey
from sync.contract.wire import Bucket, Realm, bucket_of
from sync.line.broker import BrokerSettings
from sync.line.identity import Identity

NO_CENTRE = "0" * 64
"""What the shipped file has for a centre's key."""
USUAL_SOCKET = "/run/muster/kiosk.sock"
"""Where the engine listens for its screens."""

_HANDOVERS = "centre.handovers"
_INCH_MM = 25.4

_logger = structlog.get_logger()

ZoneName = Annotated[str, Meta(max_length=40)]

RETIRED = {"debounce_s": "debounce_s", "close_after_min": "close_after_s"}
"""Settings up to 0.1, and by which number of the centre's rules terminals go since; the roster brings it."""


class EnrolmentSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """The centre that a terminal may ask by itself to be enrolled: `address` with its port.

    `progress_file` is where the enrolment that the engine can't do itself says how far it is.
    """

    address: Annotated[str, Meta(pattern=r"^([^\s/]+:[0-9]{1,5})?$")] = ""
    fingerprint: Annotated[str, Meta(pattern="^([0-9a-f]{64})?$")] = ""
    progress_file: Annotated[str, Meta(min_length=1)] = "/run/muster-enrolment/progress.json"

    @property
    def names_a_centre(self) -> bool:
        """Whether this terminal may ask by itself."""
        return bool(self.address and self.fingerprint)


class DisplaySettings(Struct, frozen=True, forbid_unknown_fields=True):
    """The volunteers' display: its diagonal in inches or millimetres, and from how far people read it."""

    diagonal: Annotated[str, Meta(pattern=r"^([1-9][0-9]{0,2}(\.[0-9]+)? ?in|[1-9][0-9]{1,3} ?mm)?$")] = ""
    read_from_mm: Annotated[int, Meta(ge=300, le=10_000)] = 2000
    dims_after_min: Annotated[int, Meta(ge=0, le=1440)] = 10

    @property
    def diagonal_mm(self) -> int:
        """The diagonal in millimetres, 0 where nobody wrote it down."""
        number, is_inches = self.diagonal.removesuffix("mm").removesuffix("in"), self.diagonal.endswith("in")
        return round(float(number) * (_INCH_MM if is_inches else 1)) if number else 0


class KioskSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One terminal. Relative paths start at the folder of the settings file.

    Its devices stand in lists, one for each kind of the catalog, which `kiosk_settings` adds.
    """

    kinds: ClassVar[tuple[DeviceKind, ...]] = ()

    terminal: TerminalId
    realm: Realm = Realm.LIVE
    bucket: Bucket = 0
    state_folder: str = "/var/lib/muster"
    keep_days: Annotated[int, Meta(ge=35)] = 35
    ballast_mib: Annotated[int, Meta(ge=0, le=4096)] = 16
    socket: str = USUAL_SOCKET
    signing_key_file: str = "terminal.key"
    pseudonym_key_file: str = "/var/lib/muster/incoming/pseudonym.key"
    ntag424_key_file: str = ""
    centre_key: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
    roster_file: str = "/var/lib/muster/incoming/roster.json"
    device_secret_file: str = "device.secret"  # noqa: S105 - a file's name
    direction: TerminalDirection = TerminalDirection.TOGGLE
    result_shown_s: ShownSeconds = 4
    question_shown_s: QuestionSeconds = 20
    staff_idle_min: IdleMinutes = 5
    contact: Contact = ""
    sms_number: SmsNumber = ""
    language: ScreenLanguage = ""
    activity: DefaultActivity = ""
    badge_issuers: list[HashHex] = []
    zone: ZoneName = "UTC"
    shared_clock: str = ""
    metrics_file: str = ""
    certificate_warning_days: Annotated[int, Meta(ge=0, le=3650)] = 30
    broker: BrokerSettings = BrokerSettings()
    enrolment: EnrolmentSettings = EnrolmentSettings()
    feedback: FeedbackSettings = FeedbackSettings()
    sound: SoundSettings = SoundSettings()
    display: DisplaySettings = DisplaySettings()

    @property
    def devices(self) -> list[ConfiguredDevice]:
        """Every device, in the order of the catalog."""
        return [ConfiguredDevice(kind, one) for kind in self.kinds for one in getattr(self, kind.name)]

    def device_names(self) -> list[str]:
        """The name of every device."""
        return [one.name for one in self.devices]

    def has_device_for(self, presented: Presented) -> bool:
        """Whether something can be presented to a device like this."""
        return any(presented in one.presents for one in self.devices)


def kiosk_settings() -> type[KioskSettings]:
    """The settings of a terminal with its devices: for each kind of the catalog a list, in TOML [[kind]].

    Made from the catalog, so that a wrong key is told with its place and what is allowed like any other.
    """
    return _settings_with(catalog.DEVICE_KINDS)


@cache
def _settings_with(kinds: tuple[DeviceKind, ...]) -> type[KioskSettings]:
    lists: list[tuple[str, Any, list[object]]] = [
        (kind.name, types.GenericAlias(list, (kind.settings_type,)), []) for kind in kinds
    ]
    made = msgspec.defstruct(
        KioskSettings.__name__,
        lists,
        bases=(KioskSettings,),
        namespace={"kinds": kinds},
        frozen=True,
        kw_only=True,
        forbid_unknown_fields=True,
    )
    return cast("type[KioskSettings]", made)


class TagKeyFile(Struct, frozen=True, forbid_unknown_fields=True):
    """The keys of NTAG 424 DNA tags as the terminal keeps them; 32 hex digits each."""

    meta_read_key: Annotated[str, Meta(pattern="^[0-9A-Fa-f]{32}$")]
    file_read_key: Annotated[str, Meta(pattern="^[0-9A-Fa-f]{32}$")]


class KioskFiles:
    """The settings together with the folder that their relative paths start from."""

    def __init__(self, path: Path) -> None:
        """Read and check the settings; raises SettingsError."""
        self.settings = settings.load(path, kiosk_settings(), retired=RETIRED)
        self._settings_file = path
        self._folder = path.absolute().parent
        _check_zone(path, self.settings.zone)
        names = self.settings.device_names()
        for name in names:
            if names.count(name) > 1:
                raise SettingsError(TerminalTrouble.DEVICE_NAMED_TWICE, path=path, name=name)

    @property
    def settings_file(self) -> Path:
        """Where the settings were read from."""
        return self._settings_file

    def path(self, value: str) -> Path:
        """A path of the settings, absolute."""
        return self._folder / value

    def retired_keys(self) -> list[str]:
        """The keys of the file that are settings no more: an upgraded terminal passes them over."""
        return settings.keys_of(self._settings_file, RETIRED)

    @property
    def log_file(self) -> Path:
        """The terminal's log."""
        return self.state_folder / "log.db"

    @property
    def state_folder(self) -> Path:
        """Where the terminal writes."""
        return self.path(self.settings.state_folder)

    @property
    def device_secret_file(self) -> Path:
        """The secret under which names are kept encrypted; relative to the state folder."""
        return self.state_folder / self.settings.device_secret_file

    @property
    def socket(self) -> Path:
        """The engine's local socket."""
        return self.path(self.settings.socket)

    @property
    def shared_clock(self) -> Path | None:
        """The demo's clock, where there is one."""
        return self.path(self.settings.shared_clock) if self.settings.shared_clock else None

    def broker(self) -> BrokerSettings:
        """The broker's settings with absolute paths."""
        return self.settings.broker.with_files(self.path)

    def identity(self) -> Identity:
        """Who the terminal is on the line; raises SettingsError for a key that can't be read."""
        return Identity(
            terminal=self.settings.terminal,
            bucket=bucket_of(self.settings.bucket),
            realm=self.settings.realm,
            key=SigningKey.load(self.path(self.settings.signing_key_file)),
            centre=self.centre_keys().newest,
        )

    @property
    def handovers_file(self) -> Path:
        """How the centre's key was replaced since this terminal was enrolled; the engine writes it."""
        return self.state_folder / _HANDOVERS

    def centre_keys(self) -> CentreKeys:
        """The centre's keys that this terminal believes; raises SettingsError while none was given.

        Handovers that can't be read are passed over: the centre gives them again.
        """
        if self.settings.centre_key == NO_CENTRE:
            raise SettingsError(TerminalTrouble.NO_CENTRE_YET)
        first = CentreKeys((VerifyKey.from_hex(self.settings.centre_key),))
        try:
            handovers = read_handovers(self.handovers_file)
        except OSError as error:
            _logger.warning("handovers_not_read", file=str(self.handovers_file), error=str(error))
            return first
        return first.follow_all(handovers, self.settings.realm)

    def lacks_enrolment(self) -> Trouble | None:
        """What tells that this terminal was not enrolled, or not wholly; None for one that was."""
        if self.settings.centre_key == NO_CENTRE:
            return Trouble.of(TerminalTrouble.NO_CENTRE_YET)
        key = self.path(self.settings.signing_key_file)
        if is_missing(key):
            return Trouble.of(TerminalTrouble.ENROLMENT_INCOMPLETE, path=key)
        return None

    def pseudonym_key(self) -> bytes:
        """The key of all keyed hashes as it was brought; raises SettingsError for a file that holds none."""
        return load_key(self.path(self.settings.pseudonym_key_file))

    def tag_keys(self) -> TagKeys | None:
        """The keys of cards that sign each tap, as they were brought, if the settings name any.

        Raises SettingsError for a wrong file.
        """
        if not self.settings.ntag424_key_file:
            return None
        keys = settings.load(self.path(self.settings.ntag424_key_file), TagKeyFile)
        return TagKeys(bytes.fromhex(keys.meta_read_key), bytes.fromhex(keys.file_read_key))


def socket_named_by(config: Path) -> Path:
    """The engine's socket as these settings name it; its usual place where this account may not read them.

    Screens run under accounts that read no settings, because keys lie beside those. Raises SettingsError.
    """
    try:
        config.open("rb").close()
    except PermissionError:
        return Path(USUAL_SOCKET)
    except OSError:
        pass  # said better below
    return KioskFiles(config).socket


def is_missing(path: Path) -> bool:
    """Whether there is no such file; what this account may not look at is not missing."""
    try:
        path.stat()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return False


def _check_zone(path: Path, name: str) -> None:
    """Refuse a zone that is none, though it is needed only while there is no roster."""
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise SettingsError(TerminalTrouble.ZONE_NOT_KNOWN, path=path, zone=name) from error
