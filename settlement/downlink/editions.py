"""What each terminal is to hold: its roster in its newest edition, and the settings that the centre gives it.

The settler makes editions, because composing a roster takes a while; the listener sends them.
"""

import hashlib
import itertools
from collections.abc import Callable, Mapping

import msgspec
import structlog
from django.db import transaction
from django.db.models import F

from foundation.errors import SettingsError
from settlement.accounts.audit import Action, Kind, Signed, note
from settlement.accounts.authority import Deed
from settlement.downlink.day_totals import DayTotals
from settlement.downlink.rosters import compose_roster
from settlement.downlink.served import EVERYBODY, Served
from settlement.models import GivenSettings, RosterEdition, Terminal, TerminalStatus
from settlement.reach import check_runs
from settlement.settings import CentreSettings
from settlement.signing_keys import load_signing_keys
from settlement.troubles import CentreTrouble
from sync.contract.downlink import SettingValue
from sync.contract.remote_settings import judge_settings
from sync.contract.roster import Roster, seal_roster
from sync.contract.signing import SigningKey

_UNVERSIONED = 0

_logger = structlog.get_logger()


def renew_rosters(
    settings: CentreSettings,
    now_ms: int,
    beat: Callable[[], None] = lambda: None,
    totals: DayTotals | None = None,
) -> int:
    """Make a new edition for every terminal whose roster says something else by now; returns how many.

    Also where a terminal holds a higher version than is known here: an older backup was restored. `beat` is
    called after each site. Whoever calls this again and again keeps `totals`.
    """
    renewed, totals = 0, totals or DayTotals()
    terminals = Terminal.objects.filter(revoked_ms=None, realm=settings.realm).order_by("site_id", "id")
    key: SigningKey | None = None
    for _, grouped in itertools.groupby(terminals, key=lambda terminal: terminal.site_id):
        at_site = list(grouped)
        # The terminals of a site are told the same, so it is looked up and compared as one.
        roster = compose_roster(at_site[0].id, _UNVERSIONED, settings, now_ms, totals)
        key = key or load_signing_keys(settings).key
        digest = _digest(roster, key)
        for terminal in at_site:
            renewed += _renew(msgspec.structs.replace(roster, terminal=terminal.id), digest, key, now_ms)
        beat()
    return renewed


def publish_roster(terminal_id: str, settings: CentreSettings, now_ms: int, *, version: int = 0) -> bytes:
    """The newest edition of a terminal's roster, sealed; made now where it says something else by now.

    `version` asks for a new edition of that number. Raises SettingsError for a terminal that is not enrolled
    or a version that isn't higher than the newest.
    """
    newest = RosterEdition.objects.filter(terminal=terminal_id).values_list("version", flat=True).first()
    if version and newest is not None and version <= newest:
        raise SettingsError(CentreTrouble.ROSTER_OLDER, terminal=terminal_id, version=newest)
    roster = compose_roster(terminal_id, _UNVERSIONED, settings, now_ms)
    key = load_signing_keys(settings).key
    _renew(roster, _digest(roster, key), key, now_ms, version=version)
    return bytes(RosterEdition.objects.get(terminal=terminal_id).sealed)


def give_settings(terminal_id: str, values: Mapping[str, SettingValue], signed: Signed) -> GivenSettings:
    """Give a terminal these settings, in the place of all that were given before.

    Raises SettingsError for a terminal that is not enrolled, and for keys or values that terminals refuse;
    RulesError NOT_ALLOWED, OUT_OF_REACH.
    """
    check_takable(values)
    with transaction.atomic():
        terminal = (
            Terminal.objects.select_for_update(no_key=True).filter(id=terminal_id, revoked_ms=None).first()
        )
        if terminal is None:
            raise SettingsError(CentreTrouble.TERMINAL_UNKNOWN, terminal=terminal_id)
        check_runs(signed.by, Deed.RUN_TERMINALS, terminal.site)
        return put_settings(terminal, values, signed)


def check_takable(values: Mapping[str, SettingValue]) -> None:
    """Raise SettingsError for keys or values that terminals refuse."""
    _, refused = judge_settings(values)
    if refused:
        told = [f"{one.key}: {one.allowed}" for one in refused]
        raise SettingsError(CentreTrouble.SETTINGS_REFUSED, refused=told)


def put_settings(terminal: Terminal, values: Mapping[str, SettingValue], signed: Signed) -> GivenSettings:
    """Store these settings as the terminal's newest; in the transaction of who asked whether that may be."""
    held = TerminalStatus.objects.filter(terminal=terminal).values_list("config", flat=True).first()
    before = GivenSettings.objects.filter(terminal=terminal).first()
    given, _ = GivenSettings.objects.update_or_create(
        terminal=terminal,
        defaults={
            "version": max(before.version if before else 0, held or 0) + 1,
            "values": dict(values),
            "given_ms": signed.now_ms,
        },
    )
    known = dict(before.values) if before else None
    note(Action.CORRECT, Kind.SETTINGS, terminal.pk, signed, before=known, after=dict(values))
    return given


def revoke(terminal_id: str, signed: Signed) -> None:
    """Take a terminal's right to speak back; the listener tells it at once to forget what it holds.

    Raises SettingsError for a terminal that is not enrolled, RulesError NOT_ALLOWED, OUT_OF_REACH. Repeated,
    it changes nothing.
    """
    terminal = Terminal.objects.filter(id=terminal_id).first()
    if terminal is None:
        raise SettingsError(CentreTrouble.TERMINAL_UNKNOWN, terminal=terminal_id)
    check_runs(signed.by, Deed.RUN_TERMINALS, terminal.site)
    with transaction.atomic():
        held = Terminal.objects.filter(id=terminal_id, revoked_ms=None)
        if held.update(revoked_ms=signed.now_ms, wipe_told_ms=None, wiped_ms=None):
            note(Action.REMOVE, Kind.TERMINAL, terminal_id, signed, before={"revoked_ms": None})
        RosterEdition.objects.filter(terminal=terminal_id).delete()
    _logger.warning("terminal_revoked", terminal=terminal_id)


def stale_terminals(served: Served = EVERYBODY) -> list[tuple[str, int]]:
    """The terminals whose last greeting told an older roster than the newest edition, with its version."""
    stale = TerminalStatus.objects.filter(
        terminal__revoked_ms=None, roster__lt=F("terminal__roster_edition__version")
    )
    rows = served.among(stale).order_by("terminal_id")
    return list(rows.values_list("terminal_id", "terminal__roster_edition__version"))


def _digest(roster: Roster, key: SigningKey) -> str:
    """The SHA-256 of what a roster says, whichever terminal of its site it is for, and of who signs it.

    A terminal that is enrolled anew knows only the key that the centre has then.
    """
    said = msgspec.json.encode(msgspec.structs.replace(roster, terminal=""))
    return hashlib.sha256(key.public.raw + said).hexdigest()


def _renew(roster: Roster, digest: str, key: SigningKey, now_ms: int, *, version: int = 0) -> bool:
    """Store a new edition where this roster differs from the newest; False where it doesn't."""
    newest = RosterEdition.objects.filter(terminal=roster.terminal).defer("sealed").first()
    held = TerminalStatus.objects.filter(terminal=roster.terminal).values_list("roster", flat=True).first()
    known = newest.version if newest else 0
    if newest and newest.digest == digest and known >= (held or 0) and not version:
        return False
    number = version or max(known, held or 0) + 1
    sealed = seal_roster(msgspec.structs.replace(roster, version=number), key)
    edition = {"version": number, "digest": digest, "sealed": sealed, "made_ms": now_ms}
    if newest is None:
        # Of several settlers that compose at once, one stores; the others see it the next time.
        RosterEdition.objects.bulk_create(
            [RosterEdition(terminal_id=roster.terminal, **edition)], ignore_conflicts=True
        )
    else:
        RosterEdition.objects.filter(terminal=roster.terminal, version=known).update(**edition)
    _logger.info("roster_made", terminal=roster.terminal, version=number)
    return True
