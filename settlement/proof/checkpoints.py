"""Checkpoints: what was posted since goes into the tree, and the centre signs its head."""

from collections.abc import Collection

import structlog
from django.db import transaction

from foundation.errors import SettingsError
from settlement.merged_numbers import merged_numbers
from settlement.models import ProofCheckpoint, Store
from settlement.proof.note import Head, NoteKey, read_head, sign, signer
from settlement.proof.stored import StoredTiles, take_in, tree_size
from settlement.proof.tree import root
from settlement.settings import CentreSettings
from settlement.signing_keys import load_signing_keys
from settlement.troubles import CentreTrouble

_NAMED_BY = 16
"""Hex digits of the database's identity in the name of its log."""

_logger = structlog.get_logger()


def origin() -> str:
    """The name of this centre's log, under which its heads are signed."""
    store = Store.objects.get()
    return f"muster/{store.realm}/{store.identity[:_NAMED_BY]}"


def note_keys(settings: CentreSettings) -> list[NoteKey]:
    """All public keys that the centre signed heads with, oldest first; raises SettingsError."""
    name = origin()
    return [NoteKey(name, key) for key in load_signing_keys(settings).public.keys]


def newest_checkpoint(beyond: int = -1) -> str:
    """The newest checkpoint of a tree with more leaves than that; "" where there is none."""
    row = ProofCheckpoint.objects.filter(size__gt=beyond).order_by("-pk").first()
    return row.note if row else ""


def make_checkpoint(settings: CentreSettings, now_ms: int, volunteers: Collection[int] | None = None) -> str:
    """Take in what is new, of these volunteers or of everybody, and sign the head; returns the checkpoint.

    Where nothing is new, it is the one that there is. Raises SettingsError: PROOF_TREE_BROKEN where the tree
    doesn't continue what was signed before, and what reading the key raises.
    """
    key = load_signing_keys(settings).key
    take_in(volunteers)
    with transaction.atomic():
        Store.objects.select_for_update(no_key=True).get()
        tiles, size, last = StoredTiles(), tree_size(), newest_checkpoint()
        if last:
            before = read_head(last)
            if before.size > size or root(tiles, before.size) != before.root:
                raise SettingsError(CentreTrouble.PROOF_TREE_BROKEN, size=before.size)
            if before.size == size and signer(last, [NoteKey(before.origin, key.public)]):
                return last
        note = sign(Head(origin(), size, root(tiles, size)), key)
        ProofCheckpoint.objects.create(size=size, note=note, made_ms=now_ms)
    _logger.info("checkpoint_signed", size=size)
    return note


def checkpoint_for(settings: CentreSettings, volunteer: int, now_ms: int) -> None:
    """As `make_checkpoint`, of what concerns one person; a tree that can't be signed keeps nobody waiting."""
    try:
        make_checkpoint(settings, now_ms, merged_numbers().numbers_of(volunteer))
    except SettingsError as error:
        _logger.warning("checkpoint_failed", trouble=str(error.trouble.code))
