"""A token is held to the scanner of a terminal that is not enrolled: engine, service and centre are real."""

import datetime as dt
import io
import os
import re
import shutil
import socket
import stat
from pathlib import Path

import pytest
import segno
from PIL import Image, ImageFilter

from kiosk.local_api.messages import Decided, EnrolmentStage, Outcome
from kiosk.troubles import TerminalTrouble
from settlement.enrolment import approval
from settlement.enrolment.server import open_context
from settlement.enrolment.tokens import add_terminal, authority_fingerprint
from settlement.models import EnrolmentToken, Terminal, TerminalRequest
from sync.contract.enrolment import EnrolmentRefusal
from sync.contract.enrolment_token import EnrolmentToken as Token
from sync.line import certificate_authority
from tests.kiosk.samples import token as badge_token
from tests.settlement.actors import actor
from tests.settlement.enrolment.over_the_network.conftest import server as server  # noqa: PLC0414 - a fixture
from tests.settlement.enrolment.over_the_network.terminal_folder import HOST, Folder, context_of
from tests.settlement.enrolment.unenrolled_terminal import UnenrolledFolder
from tests.sync.patience import PATIENCE_S, until
from tests.sync.small_disk import fill, small_disk

ROOT = Path(__file__).parents[3]


@pytest.fixture
def token(server, site, noon_ms):
    def _token(name="lantern-1"):
        return add_terminal(name, "north", 60, actor("Zhao"), noon_ms, settings=server.settings)

    return _token


@pytest.fixture
def folder(tmp_path):
    folder = UnenrolledFolder(tmp_path / "terminal")
    yield folder
    folder.close()


def is_enrolled(folder, name="lantern-1"):
    """Whether the running engine is that terminal now."""
    assert folder.enrolled().terminal == name
    assert folder.files.identity().key.public.raw.hex() == Terminal.objects.get(id=name).public_key
    assert not folder.token_file.exists()
    return True


def test_a_terminal_with_the_shipped_settings_says_what_to_do_and_admits_nobody(folder):
    snapshot = folder.start_engine()
    assert snapshot.enrolment.stage == EnrolmentStage.NEEDED
    assert (snapshot.terminal, snapshot.roster_version) == ("", 0)
    status = folder.status_where(lambda status: True)
    assert [one.code for one in status.link.troubles] == [TerminalTrouble.NO_CENTRE_YET]
    folder.scanner.scan(badge_token(1))
    decided = folder.next(Decided)
    assert (decided.outcome, decided.reason, decided.seq) == (Outcome.REFUSED, "not_enrolled", 0)
    assert not folder.files.log_file.exists()


def test_a_token_that_is_scanned_enrols_the_terminal(folder, token, server):
    folder.start("uplink")
    folder.start_engine()
    made = token()
    assert folder.scan(made.text()) == 0
    assert is_enrolled(folder)
    assert TerminalRequest.objects.get().words.encode() in folder.everything_written()
    # The uplink has waited, and goes on with the settings that it has now.
    folder.status_where(lambda status: "broker_unreachable" in [one.code for one in status.link.troubles])
    assert made.text().encode() not in folder.everything_written()
    assert made.secret.hex().encode() not in folder.everything_written()


def test_a_token_that_a_telephone_shows_to_the_camera_enrols_the_terminal(folder, token, server, tmp_path):
    pictures = tmp_path / "before the camera"
    pictures.mkdir()
    photograph(token().text()).save(pictures / "1.png")
    folder.add_camera(pictures)
    folder.start_engine()
    until(folder.token_file.exists)
    assert folder.start_service().wait(PATIENCE_S) == 0
    assert is_enrolled(folder)


def photograph(text):
    """What a camera sees of a telephone that shows a QR code: small, tilted, soft and grey."""
    code = io.BytesIO()
    segno.make(text, error="l").save(code, kind="png", scale=6, border=4)
    seen = Image.new("L", (1280, 720), 90)
    telephone = Image.open(code).convert("L").point(lambda grey: 60 + grey * 150 // 255)
    seen.paste(telephone.rotate(8, expand=True, resample=Image.Resampling.BICUBIC, fillcolor=210), (380, 60))
    return seen.filter(ImageFilter.GaussianBlur(1.2))


@pytest.mark.skipif(
    os.geteuid() != 0 or shutil.which("setpriv") is None, reason="only root can give files to other accounts"
)
def test_the_service_needs_no_more_rights_than_its_unit_gives_it_and_leaves_each_account_its_files(
    folder, token, server
):
    """Accounts, folders and capabilities as the units have them; the engine's account leaves the token."""
    kiosk, group = 64000, 64001
    state = folder.files.state_folder
    for place, owner, mode in (
        (folder.folder, 0, 0o750),
        (state, kiosk, 0o2770),
        (state / "incoming", kiosk, 0o700),
        (state / "enrolment", kiosk, 0o700),
    ):
        place.mkdir(exist_ok=True)
        os.chown(place, owner, group)
        place.chmod(mode)
    folder.token_file.write_text(token().text())
    folder.token_file.chmod(0o600)
    os.chown(folder.token_file, kiosk, group)
    unit = (ROOT / "systemd" / "muster-enrol-here.service").read_text(encoding="utf-8")
    rights = re.search("^CapabilityBoundingSet=(.+)$", unit, flags=re.MULTILINE)[1].lower().split()
    bounds = ",".join(["-all", *(f"+{right.removeprefix('cap_')}" for right in rights)])
    service = folder.start_service("setpriv", f"--bounding-set={bounds}", f"--inh-caps={bounds}")
    assert service.wait(PATIENCE_S) == 0

    def seen(path):
        found = path.stat()
        return found.st_uid, found.st_gid, stat.S_IMODE(found.st_mode)

    assert seen(folder.folder / "terminal.key") == (0, group, 0o640)
    assert seen(state / "terminal-tls.key") == (kiosk, group, 0o640)
    assert seen(state / "incoming" / "pseudonym.key") == (kiosk, group, 0o600)
    assert seen(folder.folder / "run" / "progress.json")[2] == 0o640
    assert not folder.token_file.exists()


def test_a_token_that_is_scanned_later_enrols_nothing_and_stands_in_no_log(folder, token, server):
    folder.start_engine()
    assert folder.scan(token().text()) == 0
    assert is_enrolled(folder)
    key, other = folder.files.identity().key.public.raw, token("lantern-2")
    folder.status_where(lambda status: status.devices[0].state == "ready")
    folder.scanner.scan(other.text())
    assert folder.next(Decided).reason == "unknown_credential"
    assert not folder.token_file.exists()
    assert folder.start_service().wait(PATIENCE_S) == 0
    assert folder.files.identity().key.public.raw == key
    assert other.text().encode() not in folder.everything_written()


def moved(made, port):
    return Token(made.secret, made.fingerprint, made.ends_min, port, made.terminal, made.host)


def foreign(made):
    return Token(made.secret, bytes(32), made.ends_min, made.port, made.terminal, made.host)


def test_a_mistyped_token_is_told_and_goes_nowhere(folder, token, server):
    folder.start_engine()
    folder.scanner.scan(token().text()[:-2])
    assert folder.stage(EnrolmentStage.FAILED).trouble.code == EnrolmentRefusal.MISTYPED
    assert not folder.token_file.exists()
    assert folder.scan(token().text()) == 0
    assert is_enrolled(folder)


@pytest.mark.parametrize("name", ["expired", "used", "foreign"])
@pytest.mark.long
def test_a_token_that_the_centre_refuses_is_told_and_the_next_one_works(
    folder, token, server, noon_ms, name, tmp_path
):
    folder.start_engine()
    made = token()
    if name == "expired":
        EnrolmentToken.objects.update(ends_ms=noon_ms)
    elif name == "used":
        Folder(tmp_path / "other").enrol(made)
    elif name == "foreign":
        EnrolmentToken.objects.all().delete()
    assert folder.scan(made.text()) == 1
    assert folder.stage(EnrolmentStage.FAILED).trouble.code == EnrolmentRefusal(name)
    assert folder.scan(token("lantern-2").text()) == 0
    assert is_enrolled(folder, "lantern-2")


@pytest.mark.long
def test_a_token_of_another_centre_is_told_and_the_right_one_works(folder, token, server):
    folder.start_engine()
    made = token()
    assert folder.scan(foreign(made).text()) == 1
    assert folder.stage(EnrolmentStage.FAILED).trouble.code == EnrolmentRefusal.OTHER_CENTRE
    assert folder.scan(made.text()) == 0
    assert is_enrolled(folder)


def test_a_centre_that_is_away_is_told_and_the_code_may_be_held_up_again_meanwhile(folder, token, server):
    folder.start_engine()
    made = token()
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
    folder.scanner.scan(moved(made, port).text())
    until(folder.token_file.exists)
    service = folder.start_service()
    failed = folder.stage(EnrolmentStage.FAILED)
    assert failed.trouble.code == EnrolmentRefusal.UNREACHABLE
    assert service.poll() is None  # it tries again by itself, and looks for another token
    folder.scanner.scan(made.text())
    assert service.wait(PATIENCE_S) == 0
    assert is_enrolled(folder)


def test_a_service_that_was_killed_goes_on_without_the_token(folder, token, server, tmp_path):
    folder.start_engine()
    made = token()
    server.renew_context(context_of(server.authority, tmp_path, dt.timedelta(hours=-1)))
    assert folder.scan(made.text()) == 1
    assert folder.stage(EnrolmentStage.FAILED).trouble.code == EnrolmentRefusal.CLOCK_AHEAD
    server.renew_context(open_context(server.settings))
    assert folder.start_service().wait(PATIENCE_S) == 0
    assert is_enrolled(folder)


@pytest.mark.long
def test_a_clock_in_1970_is_told_and_it_goes_on_once_the_time_is_there(
    folder, token, server, tmp_path, monkeypatch
):
    """The other way round: the centre's certificate begins in two days."""
    folder.start_engine()
    made, good = token(), open_context(server.settings)
    monkeypatch.setattr(certificate_authority, "BACKDATED", dt.timedelta(days=-2))
    server.renew_context(context_of(server.authority, tmp_path))
    folder.scanner.scan(made.text())
    until(folder.token_file.exists)
    service = folder.start_service()

    def told():
        enrolment = folder.stage(EnrolmentStage.ASKING)
        return enrolment.trouble and enrolment.trouble.code

    assert until(told) == EnrolmentRefusal.CLOCK_BEHIND
    server.renew_context(good)
    assert service.wait(PATIENCE_S) == 0
    assert is_enrolled(folder)


@pytest.mark.long
def test_a_full_disk_is_told_and_once_there_is_room_the_code_works(token, server, tmp_path):
    made = token()
    with small_disk(tmp_path / "disk") as disk:
        folder = UnenrolledFolder(tmp_path / "terminal", state=disk / "state")
        try:
            folder.start_engine()
            filler = fill(disk, 0)
            folder.scanner.scan(made.text())
            trouble = folder.stage(EnrolmentStage.FAILED).trouble
            assert trouble.code == EnrolmentRefusal.NOT_WRITTEN
            assert "No space left" in trouble.arguments["why"]
            filler.unlink()
            assert folder.scan(made.text()) == 0
            assert folder.files.identity().terminal == "lantern-1"
        finally:
            folder.close()


@pytest.mark.long
def test_a_token_that_no_service_takes_is_told(folder, token, server, monkeypatch):
    from kiosk import unenrolled

    monkeypatch.setattr(unenrolled, "_TAKEN_WITHIN_S", 0.0)
    lack = unenrolled.lack_of(folder.files)
    terminal = unenrolled.UnenrolledTerminal(folder.files, lack)
    terminal._read_at_s = -1.0
    terminal._look()
    assert terminal._enrolment.stage == EnrolmentStage.NEEDED
    folder.token_file.parent.mkdir(parents=True)
    folder.token_file.touch()
    terminal._read_at_s = -1.0
    terminal._look()
    terminal._server.close()
    assert terminal._enrolment.trouble.code == TerminalTrouble.TOKEN_NOT_TAKEN


def test_a_terminal_whose_key_is_gone_admits_nobody_until_it_has_keys_again(folder, token, server):
    assert folder.start("enrol", token().text()).wait(PATIENCE_S) == 0
    key = folder.folder / "terminal.key"
    kept = key.read_bytes()
    key.unlink()
    assert folder.start_engine().enrolment.stage == EnrolmentStage.NEEDED
    status = folder.status_where(lambda status: True)
    assert [one.code for one in status.link.troubles] == [TerminalTrouble.ENROLMENT_INCOMPLETE]
    assert folder.scan(token("lantern-2").text()) == 1
    trouble = folder.stage(EnrolmentStage.FAILED).trouble
    assert trouble.code == EnrolmentRefusal.KEYS_IN_USE
    key.write_bytes(kept)
    assert is_enrolled(folder)


def ask_by_itself(folder, server):
    fingerprint = authority_fingerprint(server.settings).hex()
    folder.set(address=f"{HOST}:{server.server_port}", fingerprint=fingerprint)


def test_a_terminal_that_knows_its_centre_shows_a_code_and_a_person_approves(folder, server, site, noon_ms):
    ask_by_itself(folder, server)
    folder.start_engine()
    service = folder.start_service()
    shown = folder.stage(EnrolmentStage.WAITING)
    row = TerminalRequest.objects.get()
    assert (shown.code, shown.words) == (row.code, row.words)
    assert shown.centre == f"{HOST}:{server.server_port}"
    approval.approve(
        row, "lantern-1", "north", actor("Li"), noon_ms, settings=server.settings, authority=server.authority
    )
    assert service.wait(PATIENCE_S) == 0
    assert is_enrolled(folder)


@pytest.mark.long
def test_a_token_goes_before_waiting_for_approval_and_a_wrong_one_ends_no_wait(
    folder, token, server, noon_ms
):
    ask_by_itself(folder, server)
    folder.start_engine()
    service = folder.start_service()
    first = folder.stage(EnrolmentStage.WAITING)
    expired = token("lantern-2")
    EnrolmentToken.objects.update(ends_ms=noon_ms)
    folder.scanner.scan(expired.text())
    assert folder.stage(EnrolmentStage.FAILED).trouble.code == EnrolmentRefusal.EXPIRED
    again = folder.stage(EnrolmentStage.WAITING)
    assert again.code != first.code
    folder.scanner.scan(token().text())
    assert service.wait(PATIENCE_S) == 0
    assert is_enrolled(folder)


@pytest.mark.long
def test_who_is_declined_is_told_and_may_use_a_token(folder, token, server, site, noon_ms):
    ask_by_itself(folder, server)
    folder.start_engine()
    service = folder.start_service()
    folder.stage(EnrolmentStage.WAITING)
    approval.decline(TerminalRequest.objects.get(), actor("Li"), noon_ms)
    assert service.wait(PATIENCE_S) == 1
    assert folder.stage(EnrolmentStage.FAILED).trouble.code == EnrolmentRefusal.DECLINED
    assert folder.scan(token().text()) == 0
    assert is_enrolled(folder)
