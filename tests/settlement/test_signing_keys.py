"""The centre's signing key is replaced whole or not at all, wherever it is cut off."""

import pytest

from foundation.errors import SettingsError
from settlement import signing_keys
from settlement.centre import open_centre
from settlement.database import known_keys
from settlement.database.known_keys import check_keys, fingerprints, is_replaced, make_keys, replace_key
from settlement.models import Store
from settlement.settings import CentreSettings
from settlement.signing_keys import (
    finish_replacement,
    handovers_file,
    key_file,
    load_signing_keys,
    next_key_file,
    replace_signing_key,
)
from sync.contract.signing import SigningKey
from tests.sync.samples import NINE_MS, STRANGER_KEY


class CutOff(BaseException):
    """The power goes."""


@pytest.fixture
def settings(tmp_path):
    settings = CentreSettings(directory=str(tmp_path))
    make_keys(settings)
    return settings


@pytest.fixture
def store(settings, db):
    return Store.objects.create(
        pk=1, identity="a" * 32, realm="live", created_ms=0, line="", **fingerprints(settings)
    )


STEPS = (
    (signing_keys, "replace_file"),  # the next key
    (signing_keys, "write_handovers"),
    (signing_keys, "sync_folder"),  # of the key's own file, after it is in place
    (known_keys, "fingerprints"),  # what the database keeps
)


@pytest.mark.parametrize("done", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(("module", "step"), STEPS, ids=[step for _, step in STEPS])
def test_cut_off_at_any_step_the_next_start_goes_on_with_one_key_that_all_can_follow_to(
    settings, store, monkeypatch, module, step, done
):
    old = load_signing_keys(settings).public.newest
    real = getattr(module, step)

    def cut(*given, **more):
        if done:
            real(*given, **more)
        raise CutOff

    with monkeypatch.context() as cutting:
        cutting.setattr(module, step, cut)
        with pytest.raises(CutOff):
            replace_key(settings, NINE_MS)
    seen = load_signing_keys(settings)  # by a process that goes on meanwhile
    check_keys(Store.objects.get(), settings)  # by one that starts
    held = load_signing_keys(settings)
    assert held.key.public.raw == seen.key.public.raw
    assert held.public.keys[0].raw == old.raw
    assert Store.objects.values_list("signing_key", flat=True).get() == fingerprints(settings)["signing_key"]
    assert SigningKey.load(key_file(settings)).public.raw == held.key.public.raw
    key = replace_key(settings, NINE_MS)
    assert not next_key_file(settings).exists()
    assert load_signing_keys(settings).public.newest.raw == key.raw
    assert key.raw != old.raw


@pytest.mark.django_db
def test_a_process_that_signs_with_the_one_before_notices(settings, store):
    old = load_signing_keys(settings).key.public
    assert not is_replaced(settings, old)
    key = replace_key(settings, NINE_MS)
    assert is_replaced(settings, old)
    assert not is_replaced(settings, key)


@pytest.mark.django_db
def test_a_machine_that_was_left_behind_says_which_file_to_copy(settings, store):
    files = (key_file(settings), handovers_file(settings))
    behind = key_file(settings).read_bytes()
    old = load_signing_keys(settings).key.public
    replace_key(settings, NINE_MS)
    newest = [file.read_bytes() for file in files]
    key_file(settings).write_bytes(behind)
    handovers_file(settings).unlink()
    with pytest.raises(SettingsError, match="holds another key"):
        is_replaced(settings, old)
    key_file(settings).write_bytes(newest[0])
    check_keys(Store.objects.get(), settings)
    handovers_file(settings).write_bytes(newest[1])
    check_keys(Store.objects.get(), settings)


@pytest.mark.django_db
def test_a_database_put_back_to_before_takes_the_key_that_followed(settings, store):
    replace_key(settings, NINE_MS)
    replace_key(settings, NINE_MS)
    known = fingerprints(settings)["signing_key"]
    Store.objects.update(signing_key=store.signing_key)
    check_keys(Store.objects.get(), settings)
    assert Store.objects.get().signing_key == known


def test_one_of_two_files_that_belong_together_is_not_enough(settings):
    old = key_file(settings).read_bytes()
    replace_signing_key(settings, NINE_MS)
    key_file(settings).write_bytes(old)
    with pytest.raises(SettingsError, match="leads to another signing key"):
        load_signing_keys(settings)


@pytest.mark.parametrize("content", [b"junk\n", b"{}\n", b"\xff\n"])
def test_handovers_that_can_not_be_read_are_told(settings, content):
    handovers_file(settings).write_bytes(content)
    with pytest.raises(SettingsError, match="can't be read"):
        load_signing_keys(settings)


def test_handovers_of_which_one_is_a_strangers_are_told(settings):
    replace_signing_key(settings, NINE_MS)
    stranger = signing_keys.seal_handover(STRANGER_KEY.public, NINE_MS, settings.realm, STRANGER_KEY)
    with handovers_file(settings).open("ab") as file:
        file.write(stranger + b"\n")
    with pytest.raises(SettingsError, match="can't be read"):
        load_signing_keys(settings)


def test_new_keys_for_a_stolen_one_leave_no_handover_to_it(settings):
    replace_signing_key(settings, NINE_MS)
    key_file(settings).unlink()
    make_keys(settings)
    assert not handovers_file(settings).exists()
    assert len(load_signing_keys(settings).public.keys) == 1


def test_a_key_that_was_made_and_not_handed_over_to_changes_nothing(settings):
    held = load_signing_keys(settings).key.public.raw
    next_key_file(settings).write_bytes(STRANGER_KEY.pem())
    finish_replacement(settings)
    assert load_signing_keys(settings).key.public.raw == held


def test_a_database_that_holds_no_centre_says_what_makes_one(db, settings):
    with pytest.raises(SettingsError, match=r"holds no live centre. Start the listener, the settler or the"):
        open_centre(settings)
