"""`muster terminal` and `muster enrol`: what they print, and with which status they end."""

import msgspec
import pytest
from click.testing import CliRunner

from settlement.models import RefusedEnrolment, Terminal, TerminalRequest, TlsCertificate
from settlement.settings import Approval
from sync.contract.enrolment_token import read_token


@pytest.fixture
def prepared(folder, settings, db):
    """A centre with keys and an authority, at which terminals are enrolled by files only."""
    from settlement.authority.own_certificates import make_missing
    from settlement.database.known_keys import make_keys
    from settlement.setup import _make_secret

    authority = msgspec.structs.replace(settings.CENTRE.authority, broker_reload="")
    settings.CENTRE = msgspec.structs.replace(settings.CENTRE, authority=authority)
    _make_secret(settings.CENTRE)
    make_keys(settings.CENTRE)
    make_missing(settings.CENTRE)
    return settings.CENTRE


@pytest.fixture
def at_terminal(tmp_path):
    """Runs `muster enrol …` in a folder of its own."""
    from foundation.settings import shipped
    from muster.console import main

    folder = tmp_path / "terminal"
    folder.mkdir()
    text = shipped("kiosk.toml").read_text(encoding="utf-8").replace("/var/lib/muster", str(folder))
    (folder / "kiosk.toml").write_text(text, encoding="utf-8")

    def run(*words, status=0, typed=None):
        asked = ["enrol", *map(str, words), "--config", str(folder / "kiosk.toml")]
        done = CliRunner().invoke(main, asked, input=typed)
        assert done.exit_code == status, done.output
        return done.output

    return run


def token_in(told):
    line = next(line for line in told.splitlines() if line.startswith("muster enrol "))
    return line.split()[2]


def test_a_token_is_printed_as_text_and_as_a_picture(muster, prepared, site):
    told = muster("terminal", "add", "lantern-1", "--site", "north", "--as", "zhao")
    assert read_token(token_in(told)).terminal == "lantern-1"
    assert "█" in told
    assert "Within 60 minutes" in told


def test_a_terminal_enrols_by_files_from_add_to_show(muster, prepared, site, at_terminal, tmp_path):
    token = token_in(muster("terminal", "add", "lantern-1", "--site", "north", "--as", "zhao"))
    listed = muster("terminal", "list")
    assert "No terminal is enrolled." in listed
    assert "lantern-1" in listed
    assert "by files only" in listed
    assert "It is not known where the centre enrols" in at_terminal(token, status=1)
    request, reply = tmp_path / "request.json", tmp_path / "reply.json"
    at_terminal(token, "--request-file", request)
    assert "muster enrol --reply-file" in muster("terminal", "answer", request, reply)
    told = at_terminal("--reply-file", reply)
    assert "This terminal is lantern-1 now" in told
    shown = muster("terminal", "show", "lantern-1")
    row = TerminalRequest.objects.get()
    assert f"six words:        {row.words}" in shown
    assert "enrolled:         2026-03-07" in shown
    assert "lantern-1" in muster("terminal", "list")


def test_a_token_may_come_by_standard_input_and_in_groups(muster, prepared, site, at_terminal, tmp_path):
    token = token_in(muster("terminal", "add", "lantern-1", "--site", "north"))
    first = at_terminal("-", "--request-file", tmp_path / "request.json", typed=f"{token}\n")
    groups = [token[place : place + 8] for place in range(0, len(token), 8)]
    assert at_terminal(*groups, "--request-file", tmp_path / "request.json") == first


def test_who_waits_is_listed_and_approved_once_the_words_are_compared(
    muster, prepared, settings, site, at_terminal, tmp_path
):
    by_hand = msgspec.structs.replace(prepared.enrolment, approval=Approval.BY_HAND)
    settings.CENTRE = msgspec.structs.replace(prepared, enrolment=by_hand)
    token = token_in(muster("terminal", "add", "lantern-1", "--site", "north"))
    request, reply = tmp_path / "request.json", tmp_path / "reply.json"
    words = at_terminal(token, "--request-file", request).splitlines()[0].partition(": ")[2]
    told = muster("terminal", "answer", request, reply)
    assert not reply.exists()
    code = TerminalRequest.objects.get().code
    assert f"muster terminal approve {code}" in told
    listed = muster("terminal", "list")
    assert code in listed
    assert words in listed
    muster("terminal", "approve", code, typed="n\n", status=1)
    assert not Terminal.objects.exists()
    assert words in muster("terminal", "approve", code, typed="y\n")
    muster("terminal", "answer", request, reply)
    assert "This terminal is lantern-1 now" in at_terminal("--reply-file", reply)


def test_who_is_turned_away_is_told(muster, prepared, settings, site, at_terminal, tmp_path):
    by_hand = msgspec.structs.replace(prepared.enrolment, approval=Approval.BY_HAND)
    settings.CENTRE = msgspec.structs.replace(prepared, enrolment=by_hand)
    token = token_in(muster("terminal", "add", "lantern-1", "--site", "north"))
    request = tmp_path / "request.json"
    at_terminal(token, "--request-file", request)
    muster("terminal", "answer", request, tmp_path / "reply.json")
    muster("terminal", "approve", TerminalRequest.objects.get().code, "--decline")
    told = muster("terminal", "answer", request, tmp_path / "reply.json", status=1)
    assert "turned this terminal away" in told
    assert RefusedEnrolment.objects.get().refusal == "declined"
    assert "declined" in muster("terminal", "list")


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("add", "centre", "--site", "north"), "No terminal can be called centre"),
        (("add", "lantern-1", "--site", "nowhere"), "nowhere"),
        (("renew", "lantern-1"), "muster terminal add"),
        (("show", "lantern-1"), "muster terminal list"),
        (("approve", "ABCD-EFGH"), "No terminal waits under the code"),
        (("answer", "none.json", "reply.json"), "none.json can't be read"),
    ],
)
def test_what_can_not_be_done_is_told_with_how_to_go_on(muster, prepared, site, words, why):
    assert why in muster("terminal", *words, status=1)


def test_what_is_no_request_file_is_told(muster, prepared, tmp_path):
    (tmp_path / "request.json").write_text("hello")
    told = muster("terminal", "answer", tmp_path / "request.json", tmp_path / "reply.json", status=1)
    assert "do not understand each other" in told


def test_nothing_to_go_on_with_is_told_in_the_persons_language(at_terminal):
    assert "There is no enrolment here" in at_terminal(status=1)
    assert "这里没有可以继续的注册" in at_terminal("--language", "zh-Hans", status=1)


def test_the_list_of_revoked_ones_that_can_not_be_written_is_told(prepared, terminal, evening_ms):
    from foundation.errors import SettingsError
    from settlement.accounts.audit import Signed
    from settlement.authority.shutting_out import shut_out
    from tests.settlement.actors import actor

    TlsCertificate.objects.create(
        serial="1", name=terminal.name, kind="terminal", fingerprint="", key_digest="", pem="",
        not_before_ms=0, not_after_ms=evening_ms, issued_ms=0,
    )  # fmt: skip
    prepared.revoked_file.unlink()
    (prepared.revoked_file / "in the way").mkdir(parents=True)
    Terminal.objects.update(revoked_ms=1)
    with pytest.raises(SettingsError, match=r"can't be written: .*Free some space"):
        shut_out(terminal.name, Signed(actor("Zhao"), evening_ms), prepared)


def test_a_centre_without_an_address_has_no_server(prepared):
    import threading

    from foundation.errors import SettingsError
    from settlement.enrolment.server import run_enrolment

    with pytest.raises(SettingsError, match="muster terminal answer"):
        run_enrolment(prepared, threading.Event())


def test_revoke_is_the_same_command_in_both_places():
    from muster.commands.machines.centre import centre
    from muster.commands.machines.terminal import terminal

    assert terminal.commands["revoke"] is centre.commands["revoke"]


def test_a_terminal_gets_new_keys_by_a_token_of_its_own(muster, prepared, terminal):
    told = muster("terminal", "renew", terminal.name, "--valid-minutes", 5)
    assert read_token(token_in(told)).terminal == terminal.name
    assert "Within 5 minutes" in told
    assert told.splitlines()[-2].endswith(" --again")


def test_a_revoked_terminal_is_believed_no_more(muster, prepared, settings, terminal):
    soon = msgspec.structs.replace(settings.CENTRE.authority, wipe_grace_s=0)
    settings.CENTRE = msgspec.structs.replace(settings.CENTRE, authority=soon)
    told = muster("terminal", "revoke", terminal.name, "--reason", "stolen").splitlines()
    assert told[0] == "north-gate is revoked: nothing that it sends is believed any more."
    assert "the listener (`muster listen`) is not running" in told[1]
    assert told[2] == "This centre issued no certificate to north-gate: withdraw it where it was made."
    assert Terminal.objects.get().revoked_ms is not None
