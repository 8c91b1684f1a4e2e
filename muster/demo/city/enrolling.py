"""The city's terminals: each joins the centre with a token, as any other does, and then delivers its log."""

import secrets
from collections.abc import Iterable

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from foundation.errors import DeviceError
from muster.demo.city.plan import CityPlan, CityTerminal
from muster.demo.city.scans import Message, Scan, TerminalLog
from muster.troubles import CommandTrouble
from settlement.accounts.actor import Actor
from settlement.authority.certificates import open_authority
from settlement.centre import Centre
from settlement.downlink.editions import publish_roster
from settlement.enrolment.requests import answer_request
from settlement.enrolment.tokens import add_terminal
from settlement.ingest.ingest import ingest
from settlement.models import RosterEdition
from settlement.settings import CentreSettings
from sync.contract import enrolment, wire
from sync.contract.enrolment import AnswerState, EnrolmentRequest
from sync.contract.signing import SigningKey
from sync.line.certificate_request import make_key, make_request

_HOUR_MS = 3_600_000
_A_WHILE_AGO_MS = 40_000
_STALL = "192.0.2.30"
"""From where a terminal without a token asks to be let in."""


def enrol(
    plan: CityPlan, by: Actor, now_ms: int, settings: CentreSettings, centre: Centre
) -> dict[str, TerminalLog]:
    """Enrol the plan's terminals; returns their empty logs by name. Another one asks without a token."""
    authority = open_authority(settings)
    logs = {}
    for terminal in plan.terminal:
        token = add_terminal(terminal.name, terminal.site, 60, by, now_ms, settings=settings)
        key = SigningKey.generate()
        asked = enrolment.ask(_request(key, terminal.name, token.token_id), key, token.secret)
        answer = answer_request(asked, "", now_ms, settings=settings, authority=authority)
        if answer.state is not AnswerState.GRANTED or answer.grant is None:
            raise _failed(f"{terminal.name} was not enrolled: {answer.refusal}")
        signed, _ = enrolment.read_request(asked)
        granted = enrolment.read_grant(answer.grant, signed, token.secret)
        bucket = wire.bucket_of(granted.bucket)
        logs[terminal.name] = TerminalLog(terminal.name, bucket, centre.realm, plan.zone, key)
    key = SigningKey.generate()
    asked = enrolment.ask(_request(key, "", ""), key, b"")
    answer_request(asked, _STALL, now_ms, settings=settings, authority=authority)
    return logs


def _request(key: SigningKey, terminal: str, token: str) -> EnrolmentRequest:
    return EnrolmentRequest(
        terminal=terminal,
        token=token,
        signing_key=key.public.raw.hex(),
        sealing_key=X25519PrivateKey.generate().public_key().public_bytes_raw().hex(),
        tls_request=make_request(make_key(), terminal or "a terminal"),
        unique=secrets.token_hex(16),
    )


def deliver(
    plan: CityPlan,
    logs: dict[str, TerminalLog],
    scans: Iterable[Scan],
    now_ms: int,
    settings: CentreSettings,
    centre: Centre,
) -> int:
    """Let each terminal log what happened there and send it; returns how many messages that took.

    Each has the roster that the centre made for it.
    """
    of_terminal: dict[str, list[Scan]] = {one.name: [] for one in plan.terminal}
    for scan in scans:
        of_terminal[scan.terminal].append(scan)
    sent = 0
    for terminal in plan.terminal:
        log = logs[terminal.name]
        log.write(of_terminal[terminal.name])
        publish_roster(terminal.name, settings, now_ms)
        edition = RosterEdition.objects.get(terminal=terminal.name)
        for message in _said(terminal, log, edition.version, now_ms):
            answer = ingest(message.topic, message.payload, message.arrived_ms, centre=centre)
            if answer.rejected is not None:
                raise _failed(f"{terminal.name} was refused: {answer.rejected}")
            sent += 1
        if terminal.junk:
            broken = log.junk(now_ms - _A_WHILE_AGO_MS)
            ingest(broken.topic, broken.payload, broken.arrived_ms, centre=centre)
    return sent


def _said(terminal: CityTerminal, log: TerminalLog, roster: int, now_ms: int) -> Iterable[Message]:
    yield from log.batches(terminal.lacks)
    silent_ms = terminal.silent_hours * _HOUR_MS or _A_WHILE_AGO_MS
    yield log.greeting(
        now_ms - silent_ms, roster=roster, lacks=terminal.lacks, taken_over=terminal.taken_over
    )


def _failed(why: str) -> DeviceError:
    return DeviceError(CommandTrouble.DEMO_FAILED, why=why, log="logs/listener.log")
