"""What may leave a terminal for support, line by line; whatever else somebody wrote there stays."""

import json

import pytest

from drivers.settings import CameraSettings, ContactlessSettings
from kiosk.settings import NO_CENTRE, kiosk_settings
from kiosk.setup.leave_out import LEFT_OUT, journal_line, metrics_shown, scrubbed, shown_settings, withheld
from tests.sync.samples import TERMINAL_KEY

NAMES = {"gate-1", "scanner"}
HEX_KEY = TERMINAL_KEY.public.raw.hex()


def settings(**more):
    return kiosk_settings()(**{"terminal": "gate-1", "centre_key": HEX_KEY, **more})


def shown(**more):
    return json.loads(shown_settings(settings(**more)))


def test_settings_are_shown_but_for_people_and_keys():
    told = shown(
        contact="Zhao, 13900139000", sms_number="+8613800138000", badge_issuers=[HEX_KEY], keep_days=40
    )
    assert told["terminal"] == "gate-1"
    assert told["keep_days"] == 40
    assert told["contact"] == told["sms_number"] == LEFT_OUT
    assert (told["centre_key"], told["badge_issuers"]) == ("set", "1 keys")
    assert shown(centre_key=NO_CENTRE)["centre_key"] == "as shipped"


def test_a_setting_that_nobody_allowed_is_left_out():
    """A key that is added to the settings one day is not shown until somebody says that it may be."""
    allowed = {name for name, value in shown().items() if value != LEFT_OUT}
    texts = shown(activity="guides-east", language="zh-Hans", zone="Asia/Shanghai")
    assert texts["activity"] == LEFT_OUT
    assert {"language", "zone"} <= allowed
    assert texts["zone"] == "Asia/Shanghai"


@pytest.mark.parametrize(
    ("source", "is_shown"),
    [("/dev/video0", True), ("rtsp://staff:secret@camera/1", False), ("clip-of-li-ming.avi", False)],
)
def test_only_a_device_is_shown_of_where_a_camera_is(source, is_shown):
    told = shown(camera=[CameraSettings(name="camera", source=source)])["camera"][0]
    assert (told["source"] == source) == is_shown
    assert told["name"] == "camera"


def test_what_is_withheld_is_scrubbed_elsewhere_too():
    address = "rtsp://staff:secret7@host9/1"
    given = settings(contact="Zhao, 138 0013 8000", camera=[CameraSettings(name="c", source=address)])
    for text in (
        f"{address} is gone",
        "rtsp://host9/1 is gone",
        "the password secret7",
        "call 138 0013 8000",
        "Zhao, 138 0013 8000",
    ):
        told = scrubbed(text, withheld(given))
        assert LEFT_OUT in told
        assert not any(one in told for one in ("secret7", "Zhao", "8000", "host9"))


def test_names_of_readers_are_not_withheld():
    reader = ContactlessSettings(name="card", reader="ACS ACR122U")
    assert "ACS ACR122U" not in withheld(settings(contactless=[reader]))


@pytest.mark.parametrize(
    "secret",
    [
        TERMINAL_KEY.pem().decode(),
        "-----BEGIN PRIVATE KEY-----\nMC4CAQ\n",
        HEX_KEY,
        HEX_KEY.upper(),
        "$argon2id$v=19$m=8,t=1,p=1$c2FsdA$aGFzaA",
    ],
)
def test_keys_and_verifiers_are_scrubbed_wherever_they_stand(secret):
    told = scrubbed(f"before {secret} after", ())
    assert told.startswith("before (left out)")
    assert secret.split("\n")[0][:20] not in told


def entry(message, **more):
    fields = {
        "__REALTIME_TIMESTAMP": "1794963600000000",
        "_SYSTEMD_UNIT": "muster-kiosk.service",
        "SYSLOG_IDENTIFIER": "muster",
        "MESSAGE": message,
    }
    return json.dumps(fields | more).encode()


def line(message, **more):
    return journal_line(entry(message, **more), NAMES)


def test_our_own_lines_keep_event_codes_and_figures():
    fields = {
        "event": "device_lost",
        "level": "warning",
        "device": "scanner",
        "count": 3,
        "wall_ms": 1794963600000,
    }
    fields |= {"fault": {"code": "port_lost", "arguments": {"port": "/dev/x"}}, "ok": True}
    assert line(json.dumps(fields)) == (
        "1794963600 muster-kiosk.service event=device_lost level=warning device=scanner count=3 "
        "wall_ms=1794963600000 fault=port_lost ok=true"
    )


@pytest.mark.parametrize(
    "planted",
    [
        {"event": "Li Ming came"},
        {"device": "Li Ming"},
        {"name": "LiMing"},
        {"phone": 13800138000},
        {"phone": "13800138000"},
        {"code": "482913"},
        {"fault": {"code": "Li Ming", "arguments": {"name": "Li Ming"}}},
        {"people": ["Li Ming"]},
        {"error": "no such person: Li Ming"},
        {"Li Ming": 1},
    ],
)
def test_what_our_own_lines_should_not_hold_is_left_out(planted):
    told = line(json.dumps({"event": "came", "level": "info"} | planted))
    for text in ("Ming", "13800138000", "482913"):
        assert text not in told


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (
            '  File "/opt/muster/lib/engine.py", line 12, in run',
            '  File "/opt/muster/lib/engine.py", line 12, in run',
        ),
        ("ValueError: invalid literal for int(): 'Li Ming'", "ValueError"),
        ("foundation.errors.LogError: x", "foundation.errors.LogError"),
        ("    raise Wrong(name='Li Ming')", LEFT_OUT),
        ("Li Ming came", LEFT_OUT),
    ],
)
def test_of_a_traceback_its_places_and_kinds_are_kept(text, kept):
    assert line(text) == f"1794963600 muster-kiosk.service {kept}"


def test_systemds_own_lines_are_kept_and_nobody_passes_for_systemd():
    text = "muster-kiosk.service: Main process exited, code=exited, status=1/FAILURE"
    own = {"SYSLOG_IDENTIFIER": "systemd", "_SYSTEMD_UNIT": "init.scope", "UNIT": "muster-kiosk.service"}
    assert line(text, **own, _PID="1") == f"1794963600 muster-kiosk.service {text}"
    assert line("call 138 0013 8000", **own, _PID="1").endswith("call (left out)")
    assert line("Li Ming came", **own, _PID="812").endswith(LEFT_OUT)


@pytest.mark.parametrize(
    "raw", [b"", b"{", b"[]", b"3", b'{"MESSAGE": "x"}', b'{"__REALTIME_TIMESTAMP": "x"}']
)
def test_what_is_no_entry_is_passed_over(raw):
    assert journal_line(raw, NAMES) is None


@pytest.mark.parametrize("message", [None, [76, 105], 3])
def test_a_message_that_is_no_text_is_left_out(message):
    assert line(message).endswith(LEFT_OUT)


def test_of_metrics_our_own_figures_are_kept():
    text = (
        "# HELP muster_here People who are checked in.\n# TYPE muster_here gauge\nmuster_here 3.0\n"
        'muster_readings_total{device="scanner"} 12.0\nmuster_readings_total{device="Li Ming"} 1.0\n'
        "# HELP muster_here Li Ming is here.\nother_figure 4.0\nmuster_here Li Ming\nLi Ming\n"
    )
    assert metrics_shown(text, NAMES) == (
        "# HELP muster_here\n# TYPE muster_here\nmuster_here 3.0\nmuster_readings_total"
        '{device="scanner"} 12.0\n# HELP muster_here\n'
    )
