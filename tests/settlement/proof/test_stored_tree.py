"""The tree in the database: what goes in, that it only grows, and that tampering is seen."""

import pytest
from django.db import DatabaseError, connection, transaction

from foundation.errors import SettingsError
from settlement.accounts.audit import Signed
from settlement.models import LedgerEntry, ProofCheckpoint, ProofLeaf, ProofNode
from settlement.personal_data.erasure import take_away
from settlement.proof.audit import Tampering, audit
from settlement.proof.note import read_head
from settlement.proof.proof_text import check_proof
from settlement.proof.proving import proof_of
from settlement.proof.sources import SOURCES
from settlement.proof.stored import StoredTiles, take_in
from settlement.proof.tree import consistency_proof, is_consistent, root
from tests.settlement.actors import actor
from tests.settlement.proof.second_verifier import accepts

pytestmark = pytest.mark.django_db


@pytest.fixture
def tamper():
    """Changes the database as somebody does who owns it: without its triggers."""

    def _tamper(table, statement, *values):
        with connection.cursor() as cursor:
            off, on = (
                (f"ALTER TABLE {table} DISABLE TRIGGER USER", f"ALTER TABLE {table} ENABLE TRIGGER USER")
                if connection.vendor == "postgresql"
                else (None, None)
            )
            if off:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                cursor.execute(off)
            else:
                cursor.execute(
                    "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [table]
                )
                triggers = cursor.fetchall()
                for name, _sql in triggers:
                    cursor.execute(f"DROP TRIGGER {name}")
            cursor.execute(statement, values)
            if on:
                cursor.execute(on)
            else:
                for _name, sql in triggers:
                    cursor.execute(sql)

    return _tamper


@pytest.fixture
def found(keys):
    return lambda *notes: [(one.tampering, one.what) for one in audit(keys(), notes).found]


def test_a_certificate_is_issued_under_a_head_that_holds_its_lines(issued, keys):
    kinds = list(ProofLeaf.objects.order_by("place").values_list("kind", flat=True))
    assert kinds == ["entry"] * 3 + ["decision"] * 3 + ["certificate"]
    head = read_head(ProofCheckpoint.objects.get().note)
    assert (head.origin, head.size) == ("muster/demo/0123456789abcdef", 7)
    proof = str(proof_of("certificate", issued.number))
    assert check_proof(proof, keys()).plain["seconds"] == 21_600
    assert "Mei" not in proof_of("certificate", issued.number).leaf.decode()
    assert accepts(proof, [str(key) for key in keys()])


def test_what_the_holder_wants_is_shown_and_nothing_else(issued, keys):
    proof = str(proof_of("certificate", issued.number, ["name"]))
    assert [(one.name, one.value) for one in check_proof(proof, keys()).shown] == [("name", "Mei")]
    assert accepts(proof, [str(key) for key in keys()])[1] == [("name", "Mei")]
    assert len(proof) <= 1536


def test_a_decision_is_proven_with_its_hours(issued, keys):
    entry = LedgerEntry.objects.first()
    plain = check_proof(str(proof_of("decision", str(entry.pk))), keys()).plain
    assert (plain["activity"], plain["date"], plain["seconds"], plain["state"]) == (
        "fair",
        "2026-03-05",
        7200,
        "approved",
    )
    assert proof_of("decision", "4711") is None


def test_it_grows_by_what_is_new_and_each_head_continues_the_last(issued, mei, credit, checkpoint):
    before = read_head(checkpoint())
    assert checkpoint() == checkpoint()
    assert ProofCheckpoint.objects.count() == 1
    for number in range(300):
        credit(mei, 60 + number, "2026-03-08", kind="adjustment")
    after = read_head(checkpoint())
    assert (before.size, after.size) == (7, 607)
    assert ProofNode.objects.count() == 2
    tiles = StoredTiles()
    assert (root(tiles, 7), root(tiles, 607)) == (before.root, after.root)
    assert is_consistent(7, 607, consistency_proof(tiles, 7, 607), before.root, after.root)
    assert take_in() == 0


def test_the_database_refuses_to_change_the_tree(issued):
    for rows, change in (
        (ProofLeaf.objects.all(), {"kind": "other"}),
        (ProofLeaf.objects.all(), {"hash": b"h" * 32}),
        (ProofCheckpoint.objects.all(), {"size": 1}),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(**change)
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.delete()


def test_a_day_without_tampering_raises_nothing(issued, found, keys, checkpoint, mei, credit):
    kept = checkpoint()
    for day in (8, 9):
        credit(mei, 3600, f"2026-03-0{day}")
    assert audit(keys()).waiting == 4
    checkpoint()
    assert found(kept) == []


LEDGER, REVIEWS, LEAVES = "settlement_ledgerentry", "settlement_review", "settlement_proofleaf"
SECOND = f"SELECT MIN(id) + 1 FROM {LEDGER}"


@pytest.mark.parametrize(
    ("table", "statement", "seen"),
    [
        (
            LEDGER,
            f"UPDATE {LEDGER} SET delta_s = delta_s + 1 WHERE id = ({SECOND})",
            "entry altered decision altered",
        ),
        (LEDGER, f"UPDATE {LEDGER} SET hands = '[\"x\"]' WHERE id = ({SECOND})", "entry altered"),
        (REVIEWS, f"UPDATE {REVIEWS} SET state = 'rejected' WHERE entry_id = ({SECOND})", "decision altered"),
        (REVIEWS, f"UPDATE {REVIEWS} SET {{by}} = 'Qian' WHERE entry_id = ({SECOND})", "decision altered"),
        (REVIEWS, f"DELETE FROM {REVIEWS} WHERE entry_id = ({SECOND})", "decision gone"),
        (LEAVES, f"UPDATE {LEAVES} SET salt = substr(salt, 1, 0) WHERE place = 1", "entry unsealed"),
        (LEAVES, f"DELETE FROM {LEAVES} WHERE place = 1", "leaf_gone head"),
        (LEAVES, f"UPDATE {LEAVES} SET kind = 'other' WHERE place = 1", "other gone"),
    ],
)
def test_what_is_tampered_with_is_seen(table, statement, seen, issued, tamper, found):
    quoted = connection.ops.quote_name("by")
    tamper(table, statement.replace("{by}", quoted))
    assert (
        " ".join(
            f"{what.split()[0]} {tampering}" if what.split()[0].isalpha() else tampering
            for tampering, what in found()
        )
        == seen
    )


def test_a_line_whose_leaf_was_made_to_fit_still_leads_to_no_head(issued, tamper, found, checkpoint):
    first, second = ProofLeaf.objects.order_by("place")[:2]
    tamper(LEAVES, f"UPDATE {LEAVES} SET place = -1 WHERE place = 0")
    tamper(LEAVES, f"UPDATE {LEAVES} SET place = 0 WHERE place = 1")
    tamper(LEAVES, f"UPDATE {LEAVES} SET place = 1 WHERE place = -1")
    assert bytes(ProofLeaf.objects.get(place=0).hash) == bytes(second.hash) != bytes(first.hash)
    assert found() == [(Tampering.HEAD, "7")]
    with pytest.raises(SettingsError, match="no longer begins"):
        checkpoint()


def test_a_history_that_was_made_anew_is_seen_by_whoever_kept_a_head(issued, tamper, found, checkpoint):
    kept = checkpoint()
    tamper(LEDGER, f"UPDATE {LEDGER} SET delta_s = delta_s + 3600 WHERE id = ({SECOND})")
    for table in (LEAVES, "settlement_proofcheckpoint"):
        tamper(table, f"DELETE FROM {table}")
    checkpoint()
    assert found() == []
    assert found(kept) == [(Tampering.HEAD, "7")]


def test_words_that_are_erased_can_be_tried_out_by_nobody_and_raise_nothing(issued, mei, found, noon_ms):
    take_away(mei, Signed(actor("Zhao"), noon_ms, "asked"))
    salts = dict(ProofLeaf.objects.values_list("kind", "salt"))
    assert {kind: bool(bytes(salt)) for kind, salt in salts.items()} == {
        "entry": True,
        "decision": False,
        "certificate": False,
    }
    assert found() == []
    assert proof_of("certificate", issued.number, ["name"]).opened == ()


def test_every_source_reads_its_columns(issued):
    for source in SOURCES:
        list(source.read_rows(source.rows()))
