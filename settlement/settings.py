"""The centre's settings: one TOML file, typed, with a unit and a default for every key.

`config/settlement.toml` ships the same defaults with a sentence for each.
"""

from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import msgspec
import psycopg
from msgspec import Meta, Struct
from psycopg.conninfo import conninfo_to_dict

from foundation.errors import RulesError, SettingsError
from foundation.settings import load
from foundation.telephone import DEFAULT_REGION, is_region
from foundation.text_files import read_toml_tables
from foundation.troubles import FileTrouble
from settlement.loopback import is_loopback
from settlement.people_settings import (
    AccountSettings,
    DisputeSettings,
    RatingSettings,
    ReportSettings,
    RetentionSettings,
    ReviewSettings,
)
from settlement.rules.hours import HourlyRate
from settlement.rules.rule_set import RuleSet, check_rule_set
from settlement.troubles import CentreTrouble
from sync.contract.events import HashHex
from sync.contract.signing import has_small_order
from sync.contract.wire import Realm
from sync.line.broker import BrokerSettings

Port = Annotated[int, Meta(ge=0, le=65535)]
Language = Literal["en", "zh-Hans", "ar"]


class ListenerSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """The process that takes messages from the broker.

    `fence_ms` counts where several share a PostgreSQL: the others look twice a second, so they have taken
    over a second later.
    """

    client: Annotated[str, Meta(pattern="^[a-z0-9][a-z0-9-]{1,31}$")] = "centre"
    retry_ms: Annotated[int, Meta(ge=10, le=60_000)] = 1000
    fence_ms: Annotated[int, Meta(ge=2_000, le=60_000)] = 3500


Days = Annotated[int, Meta(ge=1, le=36_500)]
HostName = Annotated[str, Meta(pattern="^[A-Za-z0-9.:-]{1,253}$")]


class AuthoritySettings(Struct, frozen=True, forbid_unknown_fields=True):
    """The certificates of broker, listener and terminals: who signs them, how long they live.

    `key` is a file or a PKCS#11 URI. Terminals renew at half of `terminal_days`: what is left then is more
    than `offline_days`, for one that comes back after so long.
    """

    folder: Annotated[str, Meta(min_length=1)] = "authority"
    key: Annotated[str, Meta(min_length=1)] = "authority/authority.key"
    broker_folder: Annotated[str, Meta(min_length=1)] = "broker"
    broker_names: Annotated[list[HostName], Meta(min_length=1)] = msgspec.field(
        default_factory=lambda: ["localhost", "127.0.0.1"]
    )
    broker_reload: str = "systemctl reload mosquitto"
    authority_days: Days = 7300
    server_days: Days = 730
    offline_days: Days = 180
    terminal_days: Days = 540
    warning_days: Annotated[int, Meta(ge=0, le=3650)] = 30
    renewals_per_day: Annotated[int, Meta(ge=1, le=1000)] = 4
    wipe_grace_s: Annotated[int, Meta(ge=0, le=600)] = 10

    def __post_init__(self) -> None:
        if self.terminal_days < 3 * self.offline_days:
            raise ValueError(
                f"terminal_days must be at least {3 * self.offline_days}, three times offline_days: a "
                "terminal that was away so long is then still let in, and has time to renew"
            )


class Approval(StrEnum):
    """Whether a terminal with a token is let in at once."""

    AUTOMATIC = "automatic"
    BY_HAND = "by hand"


class EnrolmentSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """Where terminals ask to be enrolled; without `host` they can't over the network, only by files.

    `broker_host` and `broker_port` are how terminals reach the broker, where that is not how the centre does.
    """

    host: Annotated[str, Meta(pattern="^[A-Za-z0-9.:-]{0,253}$")] = ""
    port: Annotated[int, Meta(ge=1, le=65535)] = 8470
    listen: Annotated[str, Meta(min_length=1)] = "0.0.0.0"  # noqa: S104 - machines nobody knows yet must get here
    approval: Approval = Approval.AUTOMATIC
    broker_host: Annotated[str, Meta(pattern="^[A-Za-z0-9.:-]{0,253}$")] = ""
    broker_port: Port = 0


class Hsts(StrEnum):
    """What browsers are told to remember for a year: to ask for these hosts over TLS only."""

    OFF = "off"
    HOST = "host"
    SUBDOMAINS = "subdomains"
    PRELOAD = "preload"


class WebSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """Where the pages are served: to this machine only, for a proxy ends TLS before log-ins and names."""

    address: str = "127.0.0.1"
    port: Port = 8460
    public_port: Port = 8464
    allowed_hosts: list[str] = msgspec.field(default_factory=lambda: ["localhost", "127.0.0.1"])
    https: bool = True
    hsts: Hsts = Hsts.HOST
    refresh_s: Annotated[int, Meta(ge=0, le=3600)] = 10


class MetricsSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """Ports of this machine's loopback at which Prometheus finds the figures of each service; 0: none."""

    listener: Port = 8461
    settler: Port = 8462
    web: Port = 8463

    def __post_init__(self) -> None:
        used = [port for port in (self.listener, self.settler, self.web) if port]
        if len(set(used)) < len(used):
            raise ValueError("listener, settler and web need a port each, or 0 for none")


class QuarantineSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """How much of what could not be taken is kept per terminal; the oldest makes room."""

    rows: Annotated[int, Meta(ge=1)] = 200
    bytes: Annotated[int, Meta(ge=131_072)] = 4_194_304


class GatewayKind(StrEnum):
    """Who sends text messages."""

    NONE = "none"
    PRINT = "print"
    HTTP = "http"


class BodyFormat(StrEnum):
    """How a provider takes a message."""

    JSON = "json"
    FORM = "form"


class TextMessageSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """How one-time codes are sent to telephones; `fields` are further fields that the provider wants."""

    gateway: GatewayKind = GatewayKind.NONE
    url: Annotated[str, Meta(pattern="^(https?://[^ ]+)?$")] = ""
    body: BodyFormat = BodyFormat.JSON
    number_field: Annotated[str, Meta(min_length=1)] = "to"
    text_field: Annotated[str, Meta(min_length=1)] = "text"
    token_file: str = ""
    timeout_ms: Annotated[int, Meta(ge=100, le=60_000)] = 10_000
    tries: Annotated[int, Meta(ge=1, le=10)] = 3
    fields: dict[str, str] = {}

    def __post_init__(self) -> None:
        if self.gateway is GatewayKind.HTTP and not self.url:
            raise SettingsError(CentreTrouble.GATEWAY_WITHOUT_URL)


class CalendarSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """Exceptions to the working week, for the day on which a review is due (S14)."""

    holidays: list[date] = []
    workdays: list[date] = []


class CentreBroker(BrokerSettings, frozen=True, forbid_unknown_fields=True):
    """How the listener reaches the broker: with the certificates that the centre makes itself."""

    ca_file: str = "authority/authority.pem"
    certificate_file: str = "authority/centre.pem"
    key_file: str = "authority/centre.key"


class CentreSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """Everything that the listener, the settler and the pages are told. Relative paths lie in `directory`."""

    directory: str = "/var/lib/muster-settlement"
    database: Annotated[str, Meta(min_length=1)] = "centre.sqlite3"
    secret_key_file: str = "secret"  # noqa: S105 - a file's name
    signing_key_file: str = "signing.pem"
    pseudonym_key_file: str = "pseudonym.key"
    realm: Realm = Realm.LIVE
    store: Annotated[str, Meta(min_length=1, max_length=40)] = "centre"
    language: Language = "en"
    badge_issuers: list[HashHex] = []
    phone_codes_key_file: str = ""
    telephone_region: Annotated[str, Meta(pattern="^[A-Z]{2}$")] = DEFAULT_REGION
    shared_clock: str = ""
    archive_folder: str = "archive"
    rosters_every_s: Annotated[int, Meta(ge=1, le=3600)] = 15
    listener: ListenerSettings = ListenerSettings()
    authority: AuthoritySettings = AuthoritySettings()
    broker: CentreBroker = CentreBroker()
    enrolment: EnrolmentSettings = EnrolmentSettings()
    web: WebSettings = WebSettings()
    metrics: MetricsSettings = MetricsSettings()
    quarantine: QuarantineSettings = QuarantineSettings()
    text_messages: TextMessageSettings = TextMessageSettings()
    calendar: CalendarSettings = CalendarSettings()
    economic_value: HourlyRate = HourlyRate()
    accounts: AccountSettings = AccountSettings()
    review: ReviewSettings = ReviewSettings()
    disputes: DisputeSettings = DisputeSettings()
    ratings: RatingSettings = RatingSettings()
    reports: ReportSettings = ReportSettings()
    retention: RetentionSettings = RetentionSettings()
    rules: RuleSet = msgspec.field(default_factory=RuleSet)

    def __post_init__(self) -> None:
        if any(has_small_order(bytes.fromhex(issuer)) for issuer in self.badge_issuers):
            raise ValueError(
                "badge_issuers names a key that belongs to nobody: anybody could sign badges with it; copy "
                "it again from `muster badge key`"
            )
        if not is_region(self.telephone_region):
            raise ValueError(
                f"telephone_region names no country whose telephone numbers are known: "
                f"{self.telephone_region}; write its two letters of ISO 3166, such as CN or SA"
            )
        if self.realm is Realm.DEMO:
            return
        if self.text_messages.gateway is GatewayKind.PRINT:
            raise SettingsError(CentreTrouble.LIVE_PRINTS_CODES)
        address = urlsplit(self.text_messages.url)
        if address.scheme == "http" and not is_loopback(address.hostname or ""):
            raise SettingsError(CentreTrouble.LIVE_SENDS_OPENLY)
        for node in self.broker.nodes():
            if not is_loopback(node.host) and not node.certificate_file:
                raise SettingsError(CentreTrouble.LIVE_WITHOUT_CERTIFICATES, host=node.host)
        if not is_loopback(self.web.address):
            raise SettingsError(CentreTrouble.LIVE_PAGES_OPEN, address=self.web.address)

    def path(self, name: str) -> Path:
        """The absolute path of a file that a key names; what is relative lies in `directory`."""
        return Path(self.directory).absolute() / name

    def absolute_broker(self) -> BrokerSettings:
        """How to reach the broker, its files with absolute paths."""
        return self.broker.with_files(self.path)

    def broker_for_terminals(self) -> tuple[str, int]:
        """Host and port at which terminals reach the broker; one beside the centre is where they enrolled."""
        told, first = self.enrolment, self.broker.nodes()[0].host
        beside = told.host if told.host and is_loopback(first) else first
        return told.broker_host or beside, told.broker_port or self.broker.port

    @property
    def authority_folder(self) -> Path:
        """Where the authority's certificate and the listener's own lie."""
        return self.path(self.authority.folder)

    @property
    def authority_file(self) -> Path:
        """The authority's own certificate."""
        return self.authority_folder / "authority.pem"

    @property
    def enrolment_files(self) -> tuple[Path, Path]:
        """Certificate and key of the address where terminals enrol."""
        return self.authority_folder / "enrolment.pem", self.authority_folder / "enrolment.key"

    @property
    def broker_folder(self) -> Path:
        """What the broker needs: its authority, certificate, key, and the list of revoked certificates."""
        return self.path(self.authority.broker_folder)

    @property
    def revoked_file(self) -> Path:
        """The list of revoked certificates."""
        return self.broker_folder / "revoked.pem"

    @property
    def clock_file(self) -> Path | None:
        """The clock that a demo shares, or None for the machine's own."""
        return self.path(self.shared_clock) if self.shared_clock else None

    def django_database(self) -> dict[str, Any]:
        """The database as Django wants it; raises SettingsError for a URL that is not PostgreSQL's.

        SQLite commits durably (WAL, FULL): an acknowledgement follows the commit, so the commit must be on
        the disk. Transactions are IMMEDIATE, so that two writers wait for each other instead of failing.
        """
        if "://" not in self.database:
            return {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": str(self.path(self.database)),
                "OPTIONS": {
                    "transaction_mode": "IMMEDIATE",
                    "timeout": 30,
                    # Without recursive triggers INSERT OR REPLACE would slip past those of the evidence;
                    # without secure deletion the file keeps the bytes of what was erased. What a long read
                    # made of the WAL is given back beyond 64 MiB.
                    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; "
                    "PRAGMA recursive_triggers=ON; PRAGMA secure_delete=ON; "
                    "PRAGMA journal_size_limit=67108864",
                },
            }
        try:
            server = conninfo_to_dict(self.database)
        except psycopg.ProgrammingError:
            server = {}  # what libpq says of it may repeat the password
        if not self.database.startswith("postgresql://") or not server.get("dbname"):
            raise SettingsError(CentreTrouble.DATABASE_WRONG)
        named = {name: server.pop(key, None) or "" for name, key in _POSTGRESQL_KEYS.items()}
        options = {**_POSTGRESQL_LINE, **server}
        return {"ENGINE": "django.db.backends.postgresql", **named, "OPTIONS": options}


_POSTGRESQL_LINE = {
    "connect_timeout": "10",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "20000",
}
"""A server that vanished without a word is noticed within half a minute; what the URL says wins."""
_POSTGRESQL_KEYS = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}


def read_settings(path: Path) -> CentreSettings:
    """Read the centre's settings; raises SettingsError naming file and key, rules included."""
    settings = load(path, CentreSettings)
    settings.django_database()
    _check(settings.rules, path)
    return settings


class _RulesFile(Struct, frozen=True):
    """A file with a table [rules]; a whole settings file is one, too."""

    rules: RuleSet


def read_rules(path: Path, current: RuleSet) -> RuleSet:
    """The rule set that a file's table [rules] makes of the current one: what it leaves out stays.

    Raises SettingsError naming file, key and what is allowed there.
    """
    given = load(path, _RulesFile).rules
    named = read_toml_tables(path)["rules"]
    changed = msgspec.structs.replace(current, **{name: getattr(given, name) for name in named})
    _check(changed, path)
    return changed


def _check(rules: RuleSet, path: Path) -> None:
    try:
        check_rule_set(rules)
    except RulesError as error:
        raise SettingsError(FileTrouble.IN_FILE, path=f"[rules] of {path}", why=error.trouble) from error
