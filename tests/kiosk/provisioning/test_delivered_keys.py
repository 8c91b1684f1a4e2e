"""What is brought in plain files: taken over, deleted; and that under the accounts of the installation."""

import errno
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from drivers.contactless.ntag424 import TagKeys
from foundation.errors import SettingsError
from foundation.troubles import FileTrouble
from kiosk.provisioning.delivered_keys import DeliveredKeys
from kiosk.settings import KioskFiles
from kiosk.storage.encrypted_files import AtRest
from sync.contract.roster import seal_roster
from tests.kiosk.samples import PSEUDONYM_KEY, ROSTER
from tests.sync.patience import PATIENCE_S
from tests.sync.samples import CENTRE_KEY, TERMINAL, TERMINAL_KEY

ROOT = Path(__file__).parents[3]
TAG_KEYS = TagKeys(b"\x0a" * 16, b"\x0b" * 16)
TAG_FILE = f'meta_read_key = "{"0a" * 16}"\nfile_read_key = "{"0b" * 16}"\n'
SEALED_ROSTER = seal_roster(ROSTER, CENTRE_KEY)
OTHER_KEY = bytes(range(32, 64))


def settings_text(state: str, brought: str, more: str = "") -> str:
    """Settings of a terminal whose keys are brought to another folder than its state."""
    return (
        f'terminal = "{TERMINAL}"\ncentre_key = "{CENTRE_KEY.public.raw.hex()}"\n'
        f'state_folder = "{state}"\nsocket = "{state}/kiosk.sock"\nballast_mib = 0\n'
        f'pseudonym_key_file = "{brought}/pseudonym.key"\nroster_file = "{brought}/roster.json"\n{more}'
    )


@pytest.fixture
def start(tmp_path):
    """Look for keys as a starting engine does; `more` is for the settings."""
    (tmp_path / "incoming").mkdir()

    def begin(more: str = "") -> DeliveredKeys:
        (tmp_path / "kiosk.toml").write_text(settings_text("state", "incoming", more))
        files = KioskFiles(tmp_path / "kiosk.toml")
        return DeliveredKeys(files, AtRest(files.state_folder, files.device_secret_file))

    return begin


@pytest.fixture
def pseudonym_file(tmp_path, start):
    path = tmp_path / "incoming" / "pseudonym.key"
    path.write_text(PSEUDONYM_KEY.hex() + "\n")
    return path


def everything_under(folder: Path) -> bytes:
    """The content of every file, one behind the other."""
    return b"\n".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def test_a_key_is_taken_over_and_its_plain_file_is_gone(start, pseudonym_file, tmp_path):
    assert start().pseudonym_key() == PSEUDONYM_KEY
    assert not pseudonym_file.exists()
    assert start().pseudonym_key() == PSEUDONYM_KEY
    left = everything_under(tmp_path)
    assert PSEUDONYM_KEY not in left
    assert PSEUDONYM_KEY.hex().encode() not in left


def test_the_keys_of_cards_that_sign_are_taken_over_too(start, tmp_path):
    setting, path = 'ntag424_key_file = "incoming/tags.toml"\n', tmp_path / "incoming" / "tags.toml"
    path.write_text(TAG_FILE)
    assert start(setting).tag_keys() == TAG_KEYS
    assert not path.exists()
    assert start(setting).tag_keys() == TAG_KEYS
    assert start().tag_keys() is None


def test_a_new_file_takes_the_place_of_the_key_that_was_taken_over(start, pseudonym_file):
    start().pseudonym_key()
    pseudonym_file.write_text(OTHER_KEY.hex())
    assert start().pseudonym_key() == OTHER_KEY
    assert start().pseudonym_key() == OTHER_KEY


def test_a_file_that_holds_no_key_is_told_and_nothing_is_lost(start, pseudonym_file):
    start().pseudonym_key()
    pseudonym_file.write_text("no key")
    with pytest.raises(SettingsError, match=r"pseudonym\.key can't be read: .*`pseudonym_key_file`.*64 hex"):
        start().pseudonym_key()
    assert pseudonym_file.read_text() == "no key"
    pseudonym_file.unlink()
    assert start().pseudonym_key() == PSEUDONYM_KEY


def test_where_no_key_was_ever_brought_it_is_told_which_file_to_bring(start):
    with pytest.raises(SettingsError, match=r"No such file.*`pseudonym_key_file`. Copy the file of 64 hex"):
        start().pseudonym_key()


def test_a_kept_key_that_was_damaged_must_be_brought_again(start, pseudonym_file, tmp_path):
    start().pseudonym_key()
    (tmp_path / "state" / "pseudonym.kept").write_bytes(b"damaged")
    with pytest.raises(
        SettingsError, match=r"Bring the key again, to .*pseudonym\.key \(`pseudonym_key_file`"
    ):
        start().pseudonym_key()
    pseudonym_file.write_text(PSEUDONYM_KEY.hex())
    assert start().pseudonym_key() == PSEUDONYM_KEY


def test_a_key_that_can_not_be_kept_stays_where_it_is_until_it_can(start, pseudonym_file, tmp_path):
    obstacle = tmp_path / "state" / "pseudonym.kept.unfinished"
    obstacle.mkdir(parents=True)
    assert start().pseudonym_key() == PSEUDONYM_KEY
    assert pseudonym_file.exists()
    obstacle.rmdir()
    assert start().pseudonym_key() == PSEUDONYM_KEY
    assert not pseudonym_file.exists()


# The shipped installation -----------------------------------------------------------------------------------


class Installation:
    """A root folder with the shipped accounts and folders, and an engine that runs as its service does."""

    def __init__(self, root: Path) -> None:
        self.settings = root / "etc" / "muster" / "kiosk.toml"
        self.state = root / "var" / "lib" / "muster"
        self.incoming = self.state / "incoming"
        (root / "etc").mkdir()
        for command in (["systemd-sysusers"], ["systemd-tmpfiles", "--create"]):
            shipped = ROOT / "systemd" / f"{command[0].replace('systemd', 'muster')}.conf"
            subprocess.run([*command, f"--root={root}", str(shipped)], check=True, capture_output=True)
        accounts = (root / "etc" / "passwd").read_text() + (root / "etc" / "group").read_text()
        number = {line.split(":")[0]: int(line.split(":")[2]) for line in reversed(accounts.splitlines())}
        self.user, self.group = number["muster-kiosk"], number["muster"]
        self.write_settings("../../var/lib/muster/incoming")
        TERMINAL_KEY.save(self.settings.with_name("terminal.key"))
        self._give_to_group(self.settings.with_name("terminal.key"))

    def write_settings(self, brought: str) -> None:
        """Keys and a roster are brought to that folder."""
        tags = f'ntag424_key_file = "{brought}/tags.toml"\n'
        self.settings.write_text(settings_text("../../var/lib/muster", brought, tags))
        self._give_to_group(self.settings)

    def bring(self, folder: Path) -> None:
        """Everything that lies in plain files, as systemd/README.md says, or in a folder of root's."""
        for name, content in (
            ("pseudonym.key", PSEUDONYM_KEY.hex().encode()),
            ("tags.toml", TAG_FILE.encode()),
            ("roster.json", SEALED_ROSTER),
        ):
            (folder / name).write_bytes(content)
            if folder == self.incoming:
                os.chown(folder / name, self.user, self.group)
                (folder / name).chmod(0o600)
            else:
                self._give_to_group(folder / name)

    def run(self, *orders: str) -> str:
        """A short life of the engine; what it says when it can't start."""
        account = (str(self.user), str(self.group))
        ended = subprocess.run(
            [sys.executable, "-m", "tests.kiosk.as_engine", *account, str(self.settings), *orders],
            cwd=ROOT,
            stderr=subprocess.PIPE,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )
        return ended.stderr if ended.returncode else ""

    def secrets_left(self) -> list[str]:
        """What of keys and names can be read in any file, by root too; and the files that are encrypted."""
        content = everything_under(self.settings.parents[2])
        secrets = {
            "pseudonym key": (PSEUDONYM_KEY, PSEUDONYM_KEY.hex().encode()),
            "tag keys": (TAG_KEYS.meta, b"0a" * 16),
            "names": (SEALED_ROSTER, *(person.name.encode() for person in ROSTER.people)),
        }
        found = [what for what, spellings in secrets.items() if any(one in content for one in spellings)]
        kept = [*self.state.glob("*.kept*"), *self.state.glob("device.secret*")]
        return found + sorted(path.name for path in kept)

    def _give_to_group(self, path: Path) -> None:
        os.chown(path, 0, self.group)
        path.chmod(0o640)


def _others_may_enter(folder: Path) -> bool:
    return all(one.stat().st_mode & 0o001 for one in (folder, *folder.parents))


@pytest.fixture
def installation():
    if os.geteuid() != 0:
        pytest.skip("only root may give files to other accounts")
    if not (shutil.which("systemd-sysusers") and shutil.which("systemd-tmpfiles")):
        pytest.skip("systemd-sysusers and systemd-tmpfiles are not installed here")
    root = Path(tempfile.mkdtemp(prefix="muster-"))  # other accounts can't reach pytest's own folders
    root.chmod(0o755)
    if not (_others_may_enter(root) and _others_may_enter(ROOT)):
        shutil.rmtree(root)
        pytest.skip("other accounts may not enter this checkout")
    yield Installation(root)
    shutil.rmtree(root)


def test_what_was_brought_is_taken_over_by_the_service_and_nothing_lies_in_the_open(installation):
    installation.bring(installation.incoming)
    assert installation.secrets_left() == ["pseudonym key", "tag keys", "names"]
    for _ in range(2):
        assert installation.run() == ""
        assert list(installation.incoming.iterdir()) == []
        encrypted = ["device.secret", "ntag424.kept", "pseudonym.kept", "roster.kept"]
        assert installation.secrets_left() == encrypted


def test_after_a_wipe_nothing_is_left_that_anybody_could_read(installation):
    installation.bring(installation.incoming)
    assert installation.run("wipe") == ""
    assert installation.secrets_left() == []
    assert installation.state.joinpath("log.db").exists()


def test_what_is_brought_to_a_revoked_terminal_does_not_stay(installation):
    installation.bring(installation.incoming)
    installation.run("wipe")
    installation.bring(installation.incoming)
    assert installation.run() == ""
    assert installation.secrets_left() == []


def test_beside_a_file_that_it_can_not_delete_the_engine_does_not_start(installation):
    etc = installation.settings.parent
    installation.write_settings(".")
    installation.bring(etc)
    told = {"roster.json": "`roster_file`", "pseudonym.key": "`pseudonym_key_file`"}
    for name, setting in (told | {"tags.toml": "`ntag424_key_file`"}).items():
        said = installation.run()
        assert f"The file {etc / name} ({setting}) was taken over" in said
        assert f"Permission denied). Run `rm {etc / name}` as root" in said
        assert (etc / name).exists()
        (etc / name).unlink()
    assert installation.run("wipe") == ""
    assert installation.secrets_left() == []


def test_files_are_brought_to_where_the_shipped_settings_look():
    shipped = KioskFiles(ROOT / "config" / "kiosk.toml").settings
    folders = {Path(name).parent for name in (shipped.pseudonym_key_file, shipped.roster_file)}
    made = (ROOT / "systemd" / "muster-tmpfiles.conf").read_text()
    assert [f"d {folder} 0700 muster-kiosk " in made for folder in folders] == [True]


def test_a_plain_file_that_stays_is_told_with_how_to_remove_it(start, pseudonym_file, monkeypatch):
    def fail(*_):
        raise SettingsError(FileTrouble.FILE_NOT_READ, path=pseudonym_file, why="Operation not permitted")

    monkeypatch.setattr("kiosk.provisioning.delivered_keys.delete_durably", fail)
    with pytest.raises(SettingsError, match="was taken over and is not needed any more") as refused:
        start().pseudonym_key()
    assert f"Run `rm {pseudonym_file}` as root" in refused.value.remedy


def test_a_folder_that_can_not_be_looked_into_is_told(start, monkeypatch):
    def refuse(_):
        raise PermissionError(errno.EACCES, "Permission denied")

    keys = start()
    monkeypatch.setattr(Path, "exists", refuse)
    with pytest.raises(
        SettingsError, match=r"`pseudonym_key_file`\) can't be seen: Permission denied"
    ) as told:
        keys.pseudonym_key()
    assert "belongs to the engine's account" in told.value.remedy
