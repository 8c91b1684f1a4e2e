"""The kind of the inbox about moves between organisations: the letter, letting go, taking in."""

from collections.abc import Collection

from foundation.words import Words
from settlement.accounts.actor import Actor
from settlement.accounts.audit import Signed
from settlement.accounts.authority import Deed
from settlement.models import Transfer
from settlement.rules.transfer import TransferState
from settlement.volunteers.transfers import (
    accept_transfer,
    hand_in_letter,
    open_transfers,
    release_transfer,
    withdraw_transfer,
)
from settlement.web.inbox.kind import Act, Kind, Said


def _tell_transfer(row: Transfer, words: Words, now_ms: int) -> tuple[str, ...]:  # noqa: ARG001
    told = [words.say("inbox-transfer", origin=row.origin.name, destination=row.destination.name)]
    if row.introduction_letter:
        told.append(words.say("inbox-transfer_letter", letter=row.introduction_letter))
    if row.state == TransferState.RELEASED:
        told.append(words.say("inbox-transfer_released", by=row.released_by))
    return tuple(told)


def _waits_for(row: Transfer) -> Collection[Act]:
    if row.state == TransferState.RELEASED:
        return {Act.ACCEPT, Act.GIVE_UP}
    return {Act.LETTER, Act.GIVE_UP, *([Act.RELEASE] if row.introduction_letter else [])}


def _letter(number: int, by: Actor, now_ms: int, said: Said) -> None:
    hand_in_letter(number, said.note, Signed(by, now_ms))


TRANSFERS = Kind(
    code="transfers",
    waiting=open_transfers,
    related=("volunteer", "origin", "destination"),
    tell=_tell_transfer,
    since_ms=lambda row: row.requested_ms,
    acts={
        Act.LETTER: _letter,
        Act.RELEASE: lambda number, by, now_ms, _: release_transfer(number, by=by, now_ms=now_ms),
        Act.ACCEPT: lambda number, by, now_ms, _: accept_transfer(number, by=by, now_ms=now_ms),
        Act.GIVE_UP: lambda number, by, now_ms, _: withdraw_transfer(number, by=by, now_ms=now_ms),
    },
    deed=Deed.REQUEST_TRANSFER,
    deeds={Act.RELEASE: Deed.DECIDE_TRANSFER, Act.ACCEPT: Deed.DECIDE_TRANSFER},
    fits=_waits_for,
)
