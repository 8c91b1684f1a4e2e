"""What of a terminal may leave it for support: said for each thing that may, so that all else stays; pure.

Neither people (names, numbers, telephones) nor keys, PIN verifiers and passwords of cameras may, wherever a
person or a program wrote them.
"""

import json
import re
from collections.abc import Collection, Iterable, Iterator

import msgspec

from kiosk.settings import NO_CENTRE, KioskSettings

LEFT_OUT = "(left out)"
_SHOWN = frozenset(
    {
        "ballast_mib", "bucket", "certificate_warning_days", "device_secret_file", "direction", "keep_days",
        "language", "metrics_file", "ntag424_key_file", "pseudonym_key_file", "question_shown_s", "realm",
        "result_shown_s", "roster_file", "shared_clock", "signing_key_file", "socket", "staff_idle_min",
        "state_folder", "terminal", "zone",
        "ca_file", "certificate_file", "host", "hosts", "key_file", "mqtt_version", "port",  # [broker]
        "address",  # [enrolment]
        "checksum", "name", "path", "reader", "store", "terminator", "uid_order", "usb_id",  # devices
    }
)  # fmt: skip
"""The settings whose text may be shown; numbers may always, but where they say who somebody is."""
_NUMBERS_OF_PEOPLE = frozenset({"sms_number", "contact"})
_SHORTEST_WITHHELD = 3

_UNIT = re.compile(r"[\w@.-]*")
_WORD = re.compile(r"[a-z][a-z_]{0,60}")
_KIND_OF_ERROR = re.compile(r"[A-Za-z_.]*(?:Error|Exception|Warning|Exit|Interrupt)\b")
_FRAME = re.compile(r'\s*File "[^"]*", line \d+, in [\w<>]+')
_WORDS_SHOWN = frozenset({"code", "event", "kind", "level", "loss", "state", "what"})
_MANY_DIGITS = re.compile(r"\+?\d(?:[ -]?\d){6,}")
_ADDRESS = re.compile(r"://(?:([^/@\s]+)@)?(\S+)")
_LARGE = 1_000_000
_MEASURES = ("_ms", "_s", "_bytes")
_PEM = re.compile(r"-----BEGIN [^-]+-----.*?(?:-----END [^-]+-----|\Z)", re.DOTALL)
_HEX = re.compile(r"\b[0-9A-Fa-f]{32,}\b")
_PIN = re.compile(r"\$argon2\w*\$\S*")
_METRIC = re.compile(
    r'(muster_\w+)(?:\{((?:\w+="[^"]*",?)*)\})? [-+0-9.eE]+|# (?:HELP|TYPE) muster_\w+ [\w .,\'-]*'
)
_LABEL = re.compile(r'"([^"]*)"')


def shown_settings(settings: KioskSettings) -> str:
    """The settings as JSON, for people: what may be shown, and of all else that it is set."""
    plain = msgspec.to_builtins(settings)
    shown = {key: _shown(key, value) for key, value in plain.items()}
    shown["centre_key"] = "as shipped" if settings.centre_key == NO_CENTRE else "set"
    shown["badge_issuers"] = f"{len(settings.badge_issuers)} keys"
    return json.dumps(shown, indent=2, ensure_ascii=False) + "\n"


def withheld(settings: KioskSettings) -> list[str]:
    """The texts of the settings that are not shown; nothing else may hold them either. The longest first."""
    found = set(_withheld("", msgspec.to_builtins(settings)))
    # What an error may tell alone: an address without its user, these two, a telephone number beside a name.
    addresses = [address for text in found for address in _ADDRESS.findall(text)]
    found |= {part for login, place in addresses for part in (place, *login.split(":"))}
    found |= {number for text in found for number in _MANY_DIGITS.findall(text)}
    return sorted((text for text in found if len(text) >= _SHORTEST_WITHHELD), key=len, reverse=True)


def scrubbed(text: str, unwanted: Iterable[str]) -> str:
    """The text without keys, PIN verifiers and what is withheld, whoever put it there."""
    for pattern in (_PEM, _PIN, _HEX):
        text = pattern.sub(LEFT_OUT, text)
    for one in unwanted:
        text = text.replace(one, LEFT_OUT)
    return text


def journal_line(entry: bytes, names: Collection[str]) -> str | None:
    """One entry of `journalctl --output=json`, as far as it may be shown; None for one that is no entry.

    Our own lines keep their event, codes and figures; others keep where a program broke, not what it quoted.
    `names` are words that may stand there: the terminal's and its devices'.
    """
    try:
        told = json.loads(entry)
        at_s = int(told["__REALTIME_TIMESTAMP"]) // 1_000_000
        text = told.get("MESSAGE")
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    who = str(told.get("_SYSTEMD_UNIT") or told.get("UNIT") or "")
    if not isinstance(text, str):
        kept = LEFT_OUT
    elif told.get("SYSLOG_IDENTIFIER") == "systemd" and str(told.get("_PID")) == "1":
        who, kept = str(told.get("UNIT") or who), _MANY_DIGITS.sub(LEFT_OUT, text)
    else:
        kept = _our_line(text, names)
    return f"{at_s} {who if _UNIT.fullmatch(who) else LEFT_OUT} {kept}"


def metrics_shown(text: str, names: Collection[str]) -> str:
    """The terminal's own figures of a Prometheus file; labels only where they are `names`."""
    kept = []
    for line in text.splitlines():
        found = _METRIC.fullmatch(line)
        if found and set(_LABEL.findall(found[2] or "")) <= set(names):
            # What a figure means is left out with whatever else may stand in a comment.
            kept.append(" ".join(line.split(" ")[:3]) if line.startswith("#") else line)
    return "\n".join([*kept, ""])


def _shown(key: str, value: object) -> object:
    if isinstance(value, dict):
        return {inner: _shown(inner, one) for inner, one in value.items()}
    if isinstance(value, list):
        return [_shown(key, one) for one in value]
    if key == "source" and isinstance(value, str) and re.fullmatch(r"/dev/[\w./:-]+", value):
        return value
    if isinstance(value, str):
        return value if key in _SHOWN or not value else LEFT_OUT
    return LEFT_OUT if key in _NUMBERS_OF_PEOPLE else value


def _withheld(key: str, value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for inner, one in value.items():
            yield from _withheld(inner, one)
    elif isinstance(value, list):
        for one in value:
            yield from _withheld(key, one)
    elif isinstance(value, str) and isinstance(_shown(key, value), str) and _shown(key, value) != value:
        yield value


def _our_line(text: str, names: Collection[str]) -> str:
    try:
        fields = json.loads(text)
    except ValueError:
        fields = None
    if isinstance(fields, dict):
        return " ".join(
            f"{key}={_value(key, one, names)}" for key, one in fields.items() if _WORD.fullmatch(key)
        )
    frame, error = _FRAME.match(text), _KIND_OF_ERROR.match(text)
    if frame:
        return frame[0]
    return error[0] if error else LEFT_OUT


def _value(key: str, value: object, names: Collection[str]) -> str:
    if isinstance(value, bool) or value is None:
        return str(value).lower()
    if isinstance(value, int | float):
        return str(value) if abs(value) < _LARGE or key.endswith(_MEASURES) else LEFT_OUT
    if isinstance(value, dict):  # a trouble: its arguments may quote what somebody wrote
        return _value("code", value.get("code"), names)
    if not isinstance(value, str):
        return LEFT_OUT
    known = value in names or (key in _WORDS_SHOWN and _WORD.fullmatch(value))
    return value if known or _KIND_OF_ERROR.fullmatch(value) else LEFT_OUT
