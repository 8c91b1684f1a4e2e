"""A terminal that has keys, a certificate or a log already is enrolled again."""

import shutil

import pytest

from settlement.enrolment.tokens import renew_terminal
from sync.contract.enrolment import EnrolmentError, EnrolmentRefusal
from tests.settlement.actors import actor
from tests.sync.samples import open_log


def test_keys_in_use_are_not_given_up_unasked(folder, token, server, noon_ms):
    folder.enrol(token())
    before = folder.files.identity().key.public.raw
    made = renew_terminal("lantern-1", 60, actor("Zhao"), noon_ms, settings=server.settings)
    assert folder.refused(folder.enrol, made) == EnrolmentRefusal.KEYS_IN_USE
    assert folder.files.identity().key.public.raw == before
    folder.enrol(made, again=True)
    assert folder.is_enrolled(server)
    assert folder.files.identity().key.public.raw != before


def test_a_renewal_that_was_under_way_does_not_bring_the_old_keys_back(folder, token, server, noon_ms):
    folder.enrol(token())
    state = folder.config.parent / "state"
    for name in ("terminal.pem", "terminal-tls.key"):
        shutil.copy(state / name, state / f"{name}.next")
    made = renew_terminal("lantern-1", 60, actor("Zhao"), noon_ms, settings=server.settings)
    folder.enrol(made, again=True)
    assert folder.is_enrolled(server)
    assert not list(folder.config.parent.rglob("*.next"))


def test_a_place_for_the_certificate_that_the_settings_name_is_kept(folder, token, server):
    place = folder.config.parent / "tls"
    text = folder.config.read_text(encoding="utf-8")
    state = folder.config.parent / "state"
    text = text.replace(f'"{state}/terminal.pem"', f'"{place}/a.pem"')
    text = text.replace(f'"{state}/terminal-tls.key"', f'"{place}/a.key"')
    folder.config.write_text(text, encoding="utf-8")
    folder.enrol(token())
    assert folder.is_enrolled(server)
    assert sorted(path.name for path in place.iterdir()) == ["a.key", "a.pem"]


def test_a_log_of_another_name_is_not_made_worthless(folder, token, server):
    log = folder.files.log_file
    log.parent.mkdir(parents=True, exist_ok=True)
    open_log(log, "river-9").close()
    made = token()
    with pytest.raises(EnrolmentError, match="is that of river-9") as caught:
        folder.enrol(made)
    assert caught.value.code == EnrolmentRefusal.OTHER_LOG
    log.unlink()
    folder.enrol(made)
    assert folder.is_enrolled(server)


def test_a_log_of_this_name_goes_on_whatever_the_settings_say(folder, token, server):
    log = folder.files.log_file
    log.parent.mkdir(parents=True, exist_ok=True)
    open_log(log, "lantern-1").close()
    folder.enrol(token())
    assert folder.is_enrolled(server)
