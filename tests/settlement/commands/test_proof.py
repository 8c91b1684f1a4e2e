"""`muster proof` as people call it: keys, heads, proofs that are checked without a centre, and the audit."""

import pytest
from click.testing import CliRunner

from settlement.models import ProofCheckpoint
from settlement.recognition.certificates import issue_certificate
from sync.contract.signing import SigningKey
from tests.settlement.actors import actor

BY = ("--as", "zhao")


@pytest.fixture
def issued(db, folder, mei, city, credit, noon_ms):
    SigningKey.from_seed(b"c" * 32).save(folder / "signing.pem")
    credit(mei, 7200)
    return issue_certificate(city, mei, by=actor("Zhao"), now_ms=noon_ms)


def check(file, keys, status=0):
    """Without the settings of any centre."""
    from muster.console import main

    done = CliRunner().invoke(main, ["proof", "check", str(file), "--keys", str(keys)])
    assert done.exit_code == status, done.output
    return done.output


def test_a_proof_is_made_handed_over_and_checked_without_the_centre(muster, issued, folder, credit, wei):
    file, keys, line = folder / "mei.tlog-proof", folder / "keys.txt", folder / "line.tlog-proof"
    assert "There is none yet" in muster("proof", "checkpoint", "--newest")
    assert "muster proof checkpoint" in muster("proof", "make", issued.number, file, *BY, status=1)
    head = muster("proof", "checkpoint")
    assert muster("proof", "checkpoint", "--newest") == head == ProofCheckpoint.objects.get().note
    keys.write_text(muster("proof", "keys"))
    muster("proof", "make", issued.number.lower(), file, *BY)
    told = check(file, keys)
    assert f"number: {issued.number}" in told
    assert "seconds: 7200" in told
    assert "Mei" not in told
    muster("proof", "make", issued.number, file, "--show", "name", *BY)
    file.write_text(file.read_text().strip())
    assert "name: Mei" in check(file, keys)
    file.write_text(file.read_text().replace("index 2", "index 1"))
    assert "not in the tree" in check(file, keys, status=1)
    assert "no public keys" in check(file, file, status=1)
    entry = issued.volunteer.entries.get()
    muster("proof", "make", entry.pk, line, *BY)
    assert "state: approved" in check(line, keys)
    waits = credit(wei, 60, approved=False)
    assert "decided" in muster("proof", "make", waits.pk, line, *BY, status=1)
    assert "does not exist" in muster("proof", "make", 4711, line, *BY, status=1)
    assert "VSC-1" in muster("proof", "make", "VSC-1", line, *BY, status=1)


def test_the_night_signs_a_head_and_the_audit_takes_heads_that_others_kept(muster, issued, folder, tmp_path):
    muster("centre", "archive")
    kept = tmp_path / "kept.txt"
    kept.write_text(muster("proof", "checkpoint", "--newest"))
    told = muster("proof", "audit", "--against", kept)
    assert "3 leaves and 2 heads were compared; 0 rows wait for the next head; 0 findings." in told
    other = kept.read_text().replace("\n3\n", "\n4\n")
    kept.write_text(other)
    told = muster("proof", "audit", "--against", kept, status=1)
    assert "is not signed by this centre" in told
    assert "doesn't lead to the head" in told
    kept.write_text("a head")
    assert "neither a checkpoint nor a proof" in muster("proof", "audit", "--against", kept, status=1)
