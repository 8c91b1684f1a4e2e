"""Everything that the demo's day needs on disk: keys, certificates, settings, badges, the camera's clip."""

import datetime as dt
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec

from drivers.contactless.ntag424 import KEY_BYTES, TagKeys
from drivers.simulated.camera import write_clip
from drivers.simulated.ntag424 import SigningTag
from foundation.clock import SharedClock
from muster.demo.day import DEVICES, KINDS, Day, How, Shows, Step
from sync.contract import badge
from sync.contract.badge import Badge, Form
from sync.contract.signing import SigningKey
from sync.line.authority_key import private_pem
from sync.line.certificate_request import make_key

TERMINAL = "demo-north-gate"
Certify = Callable[[ec.EllipticCurvePublicKey], bytes]
"""The centre's answer to a key that was made here: its certificate."""
_PHONE_S = 60
"""How long a code on a telephone lives."""


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the demo listens, all on the loopback; the terminal reaches the broker through the relay."""

    broker: int
    relay: int
    web: int
    enrolment: int


class Site:
    """The demo's folder. Every demo makes its own keys, so that no two demos believe each other."""

    def __init__(self, folder: Path, day: Day) -> None:
        """Make the folder's keys, clock and badges; the folder must be empty."""
        self.folder = folder
        self.day = day
        for name in ("broker", "centre", "terminal", "logs"):
            (folder / name).mkdir(parents=True)
        self.issuer = SigningKey.generate()
        self.pseudonym_key = secrets.token_bytes(32)
        (folder / "centre" / "pseudonym.key").write_text(self.pseudonym_key.hex(), encoding="ascii")
        self.clock = SharedClock.create(folder / "clock", day.ms(day.opens))
        self.terminal_clock = SharedClock.create(folder / "terminal-clock", day.ms(day.opens))
        self._tokens: dict[tuple[int, str], str] = {}
        keys = self._make_tag_keys()
        self._tags = {one.number: SigningTag(one.card_uid, keys) for one in day.volunteer if one.signs}
        self._taps: dict[int, str] = {}

    @property
    def kiosk_config(self) -> Path:
        """The terminal's settings."""
        return self.folder / "terminal" / "kiosk.toml"

    @property
    def terminals(self) -> Mapping[str, Path]:
        """The settings of each terminal, by its name."""
        return {TERMINAL: self.kiosk_config}

    @property
    def centre_config(self) -> Path:
        """The centre's settings."""
        return self.folder / "centre" / "settlement.toml"

    @property
    def clip(self) -> Path:
        """The film of badges before the camera, one presentation for each of `camera_texts`."""
        return self.folder / "camera.avi"

    def port(self, device: str) -> Path:
        """The serial port of a device."""
        return self.folder / "terminal" / device

    @property
    def log(self) -> Path:
        """The terminal's log."""
        return self.folder / "state" / "log.db"

    @property
    def twins(self) -> Path:
        """The socket that commands the stand-ins in the engine's process."""
        return self.folder / "terminal" / "twins.sock"

    def move_to(self, wall_ms: int) -> None:
        """Let time go by, for the centre and for the terminal, whose clock may be wrong meanwhile."""
        self.terminal_clock.move_to(self.terminal_clock.wall_ms() + wall_ms - self.clock.wall_ms())
        self.clock.move_to(wall_ms)

    def text(self, step: Step) -> str:
        """What the person of a step presents: a token of theirs, or the step's own text."""
        match step.how:
            case How.LINE:
                return ""
            case How.ID_CARD:
                return self.day.person(step.who).id_number
            case How.TAG:
                return self.day.person(step.who).tag
            case How.TEXT:
                return self.day.person(step.who).phone
            case How.CARD:
                return self._card(step)
        match step.shows:
            case Shows.BADGE | Shows.OLD_BADGE:
                serial = 1 if step.shows == Shows.OLD_BADGE else self.serial(step.who)
                return self._token(step.who, serial, self.issuer, step.shows)
            case Shows.FORGED_BADGE:
                return self._token(step.who, 1, SigningKey.generate(), step.shows)
            case Shows.EXPIRED_BADGE | Shows.PHONE | Shows.LATE_PHONE:
                return badge.issue(self._ending(step), self.issuer)
            case Shows.OTHER_CODE:
                return self.day.person(step.who).other_code
            case text:
                return text

    def _ending(self, step: Step) -> Badge:
        """A printed badge that ended days ago, or a telephone's code, just made or just over."""
        if step.shows == Shows.EXPIRED_BADGE:
            return Badge(step.who, last_day=self.day.date - dt.timedelta(days=3), demo=True)
        lives_s = _PHONE_S if step.shows == Shows.PHONE else -1
        return Badge(step.who, Form.PHONE, until_s=self.day.ms(step.at) // 1000 + lives_s, demo=True)

    def _card(self, step: Step) -> str:
        """A card's UID; behind it what it signs, anew at each tap, or what it signed the last time."""
        uid = self.day.person(step.who).card_uid
        tag = self._tags.get(step.who)
        if tag is None:
            return uid
        if step.shows != Shows.OLD_TAP:
            self._taps[step.who] = tag.tap()
        return f"{uid} {self._taps[step.who]}"

    def serial(self, volunteer: int) -> int:
        """The serial of the badge that a volunteer carries: the second one where the first was revoked."""
        return 2 if volunteer in self.reprinted() else 1

    def reprinted(self) -> set[int]:
        """Whose first badge was revoked."""
        return {step.who for step in self.day.step if step.shows == Shows.OLD_BADGE}

    def camera_texts(self) -> list[str]:
        """What is held before the camera, each text once, in the order of the day."""
        return list(dict.fromkeys(self.text(step) for step in self.day.step if step.how is How.CAMERA))

    def film(self) -> None:
        """Render the clip of the camera from the signed badges."""
        write_clip(self.clip, self.camera_texts())

    def certify_carrier(self, sign: Certify) -> None:
        """Make the key of who carries messages over a hostile line, and have it certified."""
        key = make_key()
        (self.folder / "broker" / "carrier.key").write_bytes(private_pem(key))
        (self.folder / "broker" / "carrier.pem").write_bytes(sign(key.public_key()))

    def configure(self, ports: Ports, camera: str) -> None:
        """Write both settings files; enrolling completes the terminal's."""
        self.kiosk_config.write_text(self._kiosk_toml(camera), encoding="utf-8")
        self.centre_config.write_text(self._centre_toml(ports), encoding="utf-8")

    def _token(self, volunteer: int, serial: int, key: SigningKey, shows: str) -> str:
        """The token, made once: a forger's key is drawn anew at each call, the forgery must stay the same."""
        made = self._tokens.get((volunteer, shows))
        if made is None:
            made = self._tokens[volunteer, shows] = badge.issue(
                Badge(volunteer, serial=serial, demo=True), key
            )
        return made

    def _make_tag_keys(self) -> TagKeys:
        """The keys that the organiser wrote into its cards, where the terminal finds them."""
        keys = TagKeys(secrets.token_bytes(KEY_BYTES), secrets.token_bytes(KEY_BYTES))
        text = f'meta_read_key = "{keys.meta.hex()}"\nfile_read_key = "{keys.file.hex()}"\n'
        (self.folder / "terminal" / "tags.toml").write_text(text, encoding="ascii")
        return keys

    def _kiosk_toml(self, camera: str) -> str:
        return f"""# The demo's terminal.
terminal = "{TERMINAL}"
realm = "demo"
state_folder = "../state"
socket = "kiosk.sock"
pseudonym_key_file = "pseudonym.key"
ntag424_key_file = "tags.toml"
roster_file = "roster.json"
centre_key = "{"0" * 64}"
shared_clock = {json.dumps(str(self.folder / "terminal-clock"))}
result_shown_s = 2
sms_number = "+86 139 0000 0000"

[broker]
longest_pause_ms = 2000

{self._device_tables(camera)}"""

    def _device_tables(self, camera: str) -> str:
        more: dict[How, dict[str, str | int]] = {
            How.CAMERA: {"source": camera, "repeat_after_ms": 1500},
            How.NUMBER_PAD: {"usb_id": "1c4f:0002"},
            How.WEDGE: {"usb_id": "0c2e:0b61"},
        }
        tables = []
        for how, kind in KINDS.items():
            at = {kind.path_field: str(self.port(DEVICES[how]))} if kind.path_field else {}
            keys = {"name": DEVICES[how]} | at | more.get(how, {})
            lines = "".join(f"{key} = {json.dumps(value)}\n" for key, value in keys.items())
            tables.append(f"[[{kind.name}]]\n{lines}")
        return "\n".join(tables)

    def _centre_toml(self, ports: Ports) -> str:
        return f"""# The demo's centre.
directory = {json.dumps(str(self.folder / "centre"))}
realm = "demo"
store = "demo"
badge_issuers = ["{self.issuer.public.raw.hex()}"]
shared_clock = {json.dumps(str(self.folder / "clock"))}
rosters_every_s = 2

[enrolment]
host = "localhost"
port = {ports.enrolment}
listen = "127.0.0.1"
broker_port = {ports.relay}

[authority]
broker_folder = {json.dumps(str(self.folder / "broker"))}
broker_reload = ""
authority_days = 60

[broker]
port = {ports.broker}
ca_file = "authority/authority.pem"
certificate_file = "authority/centre.pem"
key_file = "authority/centre.key"
longest_pause_ms = 2000

[text_messages]
gateway = "print"

[accounts]
second_factor_from = "nobody"

[metrics]
listener = 0
settler = 0
web = 0
[web]
port = {ports.web}
https = false
refresh_s = 2
"""
