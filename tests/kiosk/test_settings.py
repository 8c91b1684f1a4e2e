import re
import socket
import subprocess
import sys

import msgspec
import pytest

from drivers.contactless.ntag424 import TagKeys
from foundation import settings
from foundation.errors import SettingsError
from kiosk.local_api.messages import EnrolmentStage, Snapshot
from kiosk.settings import KioskFiles, kiosk_settings
from sync.contract.remote_settings import TerminalDirection
from sync.contract.wire import Realm
from tests.kiosk.samples import PSEUDONYM_KEY
from tests.kiosk.terminal_files import Listener, TerminalFolder, end
from tests.sync.samples import CENTRE_KEY, TERMINAL, TERMINAL_KEY, open_log

MINIMAL = f'terminal = "{TERMINAL}"\ncentre_key = "{CENTRE_KEY.public.raw.hex()}"\n'


@pytest.fixture
def read(tmp_path):
    def written(more: str = "", start: str = MINIMAL) -> KioskFiles:
        path = tmp_path / "kiosk.toml"
        path.write_text(start + more)
        return KioskFiles(path)

    return written


def test_what_is_left_out_has_its_default(read):
    chosen = read().settings
    assert (chosen.realm, chosen.bucket, chosen.direction) == (Realm.LIVE, 0, TerminalDirection.TOGGLE)
    assert (chosen.result_shown_s, chosen.camera, chosen.scanner) == (4, [], [])


def test_the_shipped_file_names_every_setting_and_its_default():
    shipped = settings.load(settings.shipped("kiosk.toml"), kiosk_settings())
    text = settings.shipped("kiosk.toml").read_text()
    for field in msgspec.structs.fields(kiosk_settings()):
        assert re.search(rf"^(# )?(\[+)?{field.name}\b", text, re.MULTILINE), field.name
        if field.default is not msgspec.NODEFAULT and field.name != "broker":
            assert getattr(shipped, field.name) == field.default


def test_relative_paths_start_at_the_folder_of_the_file(read, tmp_path):
    files = read('state_folder = "state"\nsocket = "run/kiosk.sock"\nshared_clock = "clock"\n')
    assert files.log_file == tmp_path / "state" / "log.db"
    assert files.socket == tmp_path / "run" / "kiosk.sock"
    assert files.shared_clock == tmp_path / "clock"
    assert read().shared_clock is None


def test_the_brokers_files_become_absolute_and_the_rest_stays(read, tmp_path):
    files = read('[broker]\nhost = "h"\nport = 1\nca_file = "ca.pem"\nmqtt_version = "3.1.1"\n')
    broker = files.broker()
    assert (broker.ca_file, broker.certificate_file) == (str(tmp_path / "ca.pem"), "")
    assert (broker.host, broker.port, broker.mqtt_version) == ("h", 1, "3.1.1")
    assert read('[broker]\nhosts = ["a", "b"]\n').broker().hosts == ["a", "b"]
    assert msgspec.structs.replace(broker, ca_file="ca.pem") == files.settings.broker


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ("shown = 60\n", "key 'shown': no such setting exists"),
        ('[broker]\nuser = "x"\n', "key 'broker.user': no such setting exists"),
        ('result_shown_s = "6"\n', "key 'result_shown_s': expected `int`, got `str`"),
        ("result_shown_s = 0\n", "key 'result_shown_s': expected `int` >= 1"),
        ("bucket = 64\n", "key 'bucket': expected `int` <= 63"),
        (
            'direction = "both"\n',
            "key 'direction': invalid enum value 'both', expected one of 'toggle', 'in', 'out'",
        ),
        (
            'language = "de"\n',
            "key 'language': invalid enum value 'de', expected one of '', 'ar', 'en', 'zh-Hans'",
        ),
        ('realm = "test"\n', "key 'realm': invalid enum value 'test', expected one of 'live', 'demo'"),
        ('[broker]\nmqtt_version = "4"\n', "key 'broker.mqtt_version'"),
        ('[broker]\nhosts = "h"\n', "key 'broker.hosts': expected `array`, got `str`"),
        ('[broker]\nhosts = [""]\n', "key 'broker.hosts[0]'"),
        ('[broker]\nhosts = ["h:8883"]\n', "h:8883, under hosts of [broker], is no host"),
        ("[broker]\nshortest_pause_ms = 9000\nlongest_pause_ms = 900\n", "longest_pause_ms must be at least"),
        ('[[scanner]]\nname = "scanner"\n', "key 'scanner[0]': object missing required field `port`"),
        ('zone = "Asia/Shangai"\n', "key 'zone': 'Asia/Shangai' is no time zone that is known here."),
        ('zone = "../../etc/passwd"\n', "key 'zone'"),
        ('zone = ""\n', "key 'zone'"),
        (
            '[[scanner]]\nname = "s"\nport = "p"\nbaud = 300\n',
            "key 'scanner[0].baud': invalid enum value 300",
        ),
    ],
)
def test_a_wrong_setting_is_told_with_file_key_and_what_is_allowed(read, tmp_path, more, told):
    with pytest.raises(SettingsError) as refused:
        read(more)
    assert str(refused.value).startswith(f"In {tmp_path / 'kiosk.toml'}")
    assert told in str(refused.value)


def test_a_terminal_comes_up_with_settings_of_an_earlier_version(read):
    old = 'debounce_s = 90\nclose_after_min = 60\ncontact = "Ann"\n[broker]\nhost = "h"\n'
    assert read(old).settings == read('contact = "Ann"\n[broker]\nhost = "h"\n').settings
    assert read(old).retired_keys() == ["debounce_s", "close_after_min"]
    assert read().retired_keys() == []


@pytest.mark.parametrize(
    ("start", "told"),
    [
        (f'terminal = "{TERMINAL}"\n', "missing required field `centre_key`"),
        (MINIMAL.replace(TERMINAL, "Gate 1"), "key 'terminal'"),
        (MINIMAL.replace("29acbae1", "29ACBAE1"), "key 'centre_key'"),
    ],
)
def test_a_terminal_needs_its_name_and_the_centres_key(read, start, told):
    with pytest.raises(SettingsError, match=re.escape(told)):
        read(start=start)


def test_two_devices_of_one_name_are_refused(read):
    device = '[[{}]]\nname = "gate"\n{} = "x"\n'
    with pytest.raises(SettingsError, match=r"two devices are named 'gate'.*a name of its own"):
        read(device.format("scanner", "port") + device.format("camera", "source"))


def test_a_terminal_is_who_its_files_say(read, tmp_path):
    TERMINAL_KEY.save(tmp_path / "terminal.key")
    identity = read("bucket = 7\n").identity()
    assert (identity.terminal, identity.bucket, identity.realm) == (TERMINAL, "07", Realm.LIVE)
    assert identity.key.public.raw == TERMINAL_KEY.public.raw
    assert identity.centre.raw == CENTRE_KEY.public.raw


def test_a_missing_signing_key_is_named(read, tmp_path):
    with pytest.raises(
        SettingsError, match=re.escape(f"The signing key {tmp_path / 'terminal.key'} can't be")
    ):
        read().identity()


BROUGHT = 'pseudonym_key_file = "pseudonym.key"\n'


def test_the_pseudonym_key_comes_from_its_file(read, tmp_path):
    (tmp_path / "pseudonym.key").write_text(PSEUDONYM_KEY.hex() + "\n")
    assert read(BROUGHT).pseudonym_key() == PSEUDONYM_KEY


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "can't be read: .*No such file.*64 hex digits"),
        (b"", r"has 0 bytes\. It must be 64 hex digits"),
        (b"00" * 31, r"has 31 bytes\. It must be 64 hex digits"),
        (b"not hex", "can't be read: .*64 hex digits"),
        (b"\xff", "can't be read: .*64 hex digits"),
    ],
)
def test_a_pseudonym_key_that_is_none_is_told_and_never_shown(read, tmp_path, content, told):
    if content is not None:
        (tmp_path / "pseudonym.key").write_bytes(content)
    with pytest.raises(SettingsError, match=rf"pseudonym key .*pseudonym\.key {told}"):
        read(BROUGHT).pseudonym_key()


def test_cards_sign_nothing_where_no_keys_are_named(read):
    assert read().tag_keys() is None


def test_the_keys_of_cards_that_sign_are_read_from_their_file(read, tmp_path):
    (tmp_path / "tags.toml").write_text(f'meta_read_key = "{"0a" * 16}"\nfile_read_key = "{"0B" * 16}"\n')
    assert read('ntag424_key_file = "tags.toml"\n').tag_keys() == TagKeys(b"\x0a" * 16, b"\x0b" * 16)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "tags.toml does not exist"),
        (f'meta_read_key = "{"0a" * 16}"', "file_read_key"),
        (f'meta_read_key = "{"0a" * 16}"\nfile_read_key = "{"0b" * 15}"', "file_read_key"),
    ],
)
def test_a_wrong_file_of_keys_is_refused_at_start(read, tmp_path, content, told):
    if content is not None:
        (tmp_path / "tags.toml").write_text(content)
    with pytest.raises(SettingsError, match=told) as refused:
        read('ntag424_key_file = "tags.toml"\n').tag_keys()
    assert "0a0a" not in str(refused.value)


def test_a_terminal_of_no_centre_says_what_to_do():
    """The shipped file has no centre's key yet."""
    files = KioskFiles(settings.shipped("kiosk.toml"))
    with pytest.raises(SettingsError, match=r"belongs to no centre yet.*`muster enrol TOKEN`"):
        files.centre_keys()


def test_an_engine_of_no_centre_waits_and_opens_no_log(tmp_path):
    terminal = TerminalFolder(tmp_path)
    terminal.set(centre_key="0" * 64)
    listener = Listener(tmp_path / "kiosk.sock")
    engine = terminal.start("engine")
    assert listener.next(Snapshot).enrolment.stage == EnrolmentStage.NEEDED
    assert end(engine) == 0
    assert not terminal.log_file.exists()
    listener.close()
    terminal.scanner.unplug()


def test_an_uplink_of_no_centre_waits_and_goes_nowhere(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as broker:
        broker.settimeout(0)
        terminal = TerminalFolder(tmp_path, broker_port=broker.getsockname()[1])
        terminal.set(centre_key="0" * 64)
        terminal.log_file.parent.mkdir()
        open_log(terminal.log_file).close()
        command = [sys.executable, "-m", "muster", "uplink", "--config", str(terminal.settings)]
        with subprocess.Popen(command, stderr=subprocess.PIPE) as uplink:
            assert b"waiting_for_enrolment" in uplink.stderr.readline()
            assert end(uplink) == 0
        with pytest.raises(BlockingIOError):
            broker.accept()
    terminal.scanner.unplug()
