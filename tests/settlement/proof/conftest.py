"""A centre that signs: a database with its name, a key in a folder, and a volunteer with decided hours."""

import msgspec
import pytest

from settlement.models import Store
from settlement.proof.checkpoints import make_checkpoint, note_keys
from sync.contract.signing import SigningKey
from tests.settlement.actors import actor


@pytest.fixture
def signing(db, settings, tmp_path, noon_ms):
    """The settings of a centre with a key of its own."""
    Store.objects.get_or_create(
        pk=1, defaults={"identity": "0123456789abcdef" * 2, "realm": "demo", "created_ms": noon_ms}
    )
    SigningKey.from_seed(b"c" * 32).save(tmp_path / "signing.pem")
    settings.CENTRE = msgspec.structs.replace(settings.CENTRE, directory=str(tmp_path), realm="demo")
    return settings.CENTRE


@pytest.fixture
def checkpoint(signing, noon_ms):
    return lambda: make_checkpoint(signing, noon_ms)


@pytest.fixture
def keys(signing):
    return lambda: note_keys(signing)


@pytest.fixture
def issued(signing, mei, city, credit, noon_ms, django_capture_on_commit_callbacks):
    """Mei's certificate over three days, with the checkpoint that its issue makes."""
    from settlement.recognition.certificates import issue_certificate

    for day in (5, 6, 7):
        credit(mei, 7200, f"2026-03-0{day}")
    with django_capture_on_commit_callbacks(execute=True):
        return issue_certificate(city, mei, by=actor("Zhao"), now_ms=noon_ms)
