"""Makes the golden vectors of the contract: `python tests/vectors/make_vectors.py` writes them beside itself.

Every key in them is a TEST KEY, made from a seed that stands here: nothing real may ever trust one.

wire/<message>.json   one message as it goes on the wire
    topic             where it is published
    message           its payload, exactly: UTF-8 text; verify the signature over these bytes
    signed_by         "terminal" or "centre"; `test_keys` holds both, as hex of the seed and of the public key
    kind, header      what the envelope says of itself, and its header as JSON
    events, hashes    a batch only: the events in its body, exactly, and the chain's hash (hex) of each
    body              a roster only: its JSON before it is deflated; it has no topic, as it travels in chunks
wire/roster_0_1.json  a roster of a centre of version 0.1: no numbers of its rules, no single shifts
badges/tokens.json    the issuer's test key; `tokens`: each text with what it says and the first UTC
                      millisecond at which it has ended (null = never); `refused`: texts and the refusals
badges/references.json  a test key for keyed hashes; what was presented, and the reference that events carry
"""

import datetime as dt
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from foundation.attendance import AttendancePolicy
from sync.contract import badge, chain, events, pseudonym, renewal, wire
from sync.contract.badge import Badge, Form
from sync.contract.events import ClockState, ClockTrust, Credential, EpochEnd, Event
from sync.contract.pseudonym import Subject
from sync.contract.roster import (
    Phase,
    PhaseChange,
    Roster,
    RosterActivity,
    RosterCredit,
    RosterHeader,
    RosterPerson,
    RosterShift,
)
from sync.contract.signing import SigningKey
from sync.contract.volunteer_number import MAX_VOLUNTEER

HERE = Path(__file__).parent
NOT_A_SECRET = "TEST KEYS: their seeds are public, never trust them"

TERMINAL_SEED = bytes(range(32))
CENTRE_SEED = bytes(range(32, 64))
ISSUER_SEED = bytes(range(64, 96))
STRANGER_SEED = bytes(range(96, 128))
PSEUDONYM_KEY = bytes(range(128, 160))

TERMINAL, BUCKET = "gate-1", wire.bucket_of(7)
EPOCH, EPOCH_BEFORE = "a1" * 16, "b2" * 16
BOOT, BOOT_BEFORE = "c3" * 16, "d4" * 16
SEALED = "U2VhbGVkIG9uY2UsIHdpdGggYSBrZXkgdGhhdCB3YXMgdGhyb3duIGF3YXk="
NINE_MS = 1_794_963_600_000  # 2026-11-18 01:00 UTC, 9 o'clock in Shanghai

# Made once with keys that were thrown away: signatures on P-256 are drawn by chance, and come out otherwise
# each time.
REQUEST = bytes.fromhex(
    "3081cb30730201003011310f300d06035504030c06676174652d313059301306072a8648ce3d020106082a8648ce3d03"
    "010703420004f0b7d8551c518c34b14731b878695e7597701c860d387181801d49ce811eb9bf79a714ecec2496202685"
    "8d5ae46289cecae68bb2e39ee72a1317a32108c7925ba000300a06082a8648ce3d0403020348003045022100d79f8eac"
    "eb40934c9b88beb2008299910905bf3f8d6a560f7422afe750459aee0220674d20e3d0a61564430449adf690beebf77d"
    "00e03b1ff6e3f16ddb276c1555c3"
)
CERTIFICATE = """\
-----BEGIN CERTIFICATE-----
MIIBxTCCAWqgAwIBAgIUXPpPADzU7a0NonFJUtjuQ4e8AqkwCgYIKoZIzj0EAwIw
JTEjMCEGA1UEAwwaTXVzdGVyIHRlc3QgdmVjdG9ycyBkZmY0YzYwIBcNMjYxMTI4
MTIzMzIyWhgPMjEyNjExMDUxMjMzMjJaMBExDzANBgNVBAMMBmdhdGUtMTBZMBMG
ByqGSM49AgEGCCqGSM49AwEHA0IABPC32FUcUYw0sUcxuHhpXnWXcByGDThxgYAd
Sc6BHrm/eacU7OwkliAmhY1a5GKJzsrmi7LjnucqExejIQjHklujgYkwgYYwHQYD
VR0OBBYEFFbr3DJZxi7fGWYPfZifRP0dSY96MB8GA1UdIwQYMBaAFE1lJjT4LNVT
3gUA67tWYU9i/qOIMAwGA1UdEwEB/wQCMAAwDgYDVR0PAQH/BAQDAgeAMBMGA1Ud
JQQMMAoGCCsGAQUFBwMCMBEGA1UdEQQKMAiCBmdhdGUtMTAKBggqhkjOPQQDAgNJ
ADBGAiEA5xhQWil6J3qdsuiPJwz2D/ATEzzfcSkM8Igp1/8Phu4CIQDonu1t9LB6
bohtbvNKIVssnolBJ1TFiCdWO9spFZ6aYg==
-----END CERTIFICATE-----
"""

_SEALED_WITH = {"terminal": TERMINAL_SEED, "centre": CENTRE_SEED}


def every_kind() -> list[Event]:
    """Events of each kind, seq 1 to 21, as a terminal could have logged them one after another."""
    moments: Iterator[dict[str, Any]] = (
        {
            "terminal": TERMINAL,
            "epoch": EPOCH,
            "seq": seq,
            "boot": BOOT,
            "mono_ms": 60_000 + seq,
            "wall_ms": NINE_MS + seq,
            "clock": ClockTrust(ClockState.SYNCED, 12, "ntp", 30_000),
        }
        for seq in range(1, 22)
    )
    badge_shown = Credential(events.Method.BADGE, "badge:590000.3", events.Assurance.MEDIUM)
    card_shown = Credential(events.Method.ID_CARD, "keyed:" + "5e" * 16, events.Assurance.HIGH)
    tag_shown = Credential(events.Method.TAG, "keyed:" + "7a" * 16, events.Assurance.LOW)
    guide, water = "guides-east", "分发饮水"
    return [
        events.EpochStart(
            **next(moments), previous=EpochEnd(EPOCH_BEFORE, 41, "0f" * 32), software="muster/0.1.0"
        ),
        events.BootSeen(**next(moments), previous_boot=BOOT_BEFORE),
        events.ConfigApplied(**next(moments), what="roster", version=4, digest="1e" * 32),
        events.ClockAnchor(**next(moments), true_ms=NINE_MS + 2, error_ms=35, source="ack"),
        events.CheckIn(**next(moments), credential=badge_shown, activity=guide),
        events.Refused(**next(moments), reason="revoked_credential", credential=card_shown, activity=guide),
        events.Refused(**next(moments), reason="unreadable"),
        events.CheckOut(**next(moments), credential=card_shown, activity=water, policy=2),
        events.Toggle(**next(moments), credential=tag_shown, activity=guide),
        events.Manual(
            **next(moments),
            volunteer="590000",
            activity=guide,
            direction="out",
            at_ms=NINE_MS - 3_600_000,
            reason="النظام كان معطلاً",
            entered_by="liaison-7",
            confirmed_by="leader-2",
        ),
        events.Alarm(**next(moments), code="disk_nearly_full", detail="3 % free"),
        events.KeyChange(**next(moments), public_key=SigningKey.from_seed(STRANGER_SEED).public.raw.hex()),
        events.Claim(
            **next(moments),
            credential=badge_shown,
            activity=guide,
            direction="out",
            at_ms=NINE_MS - 57_600_000,
            earliest_ms=NINE_MS - 86_400_000,
            latest_ms=NINE_MS + 13,
            taken_by="leader-2",
        ),
        events.Correction(
            **next(moments),
            cancelled_epoch=EPOCH,
            cancelled_seq=5,
            credential=badge_shown,
            activity=guide,
            reason="按错了",
            by="leader-2",
        ),
        events.CodeIssued(
            **next(moments),
            credential=Credential(events.Method.SMS_IN, "keyed:" + "0d" * 16, events.Assurance.LOW),
            code="code:1." + "0f" * 8,
        ),
        events.OrderAnswered(**next(moments), order="9c" * 16, result="done", detail="scanner opened anew"),
        events.CheckOut(**next(moments), credential=badge_shown, activity=guide, on_break=True),
        events.Manual(
            **next(moments),
            volunteer="",
            activity=guide,
            direction="in",
            at_ms=NINE_MS,
            reason="came along",
            entered_by="liaison-7",
            confirmed_by="leader-2",
            walk_in="walkin:" + "5e" * 16,
            sealed=SEALED,
        ),
        events.Group(
            **next(moments),
            group="7a" * 8,
            activity=guide,
            direction="in",
            count=30,
            remark="第四小学",
            entered_by="liaison-7",
        ),
        events.RollCall(
            **next(moments),
            inspector="inspector-3",
            seed="5e" * 16,
            present=12,
            present_digest="d7" * 32,
            called=[events.RollCalled("590000", "guides-east", seen=True)],
        ),
        events.StaffMessage(**next(moments), by="liaison-7", text="The badge printer is out of paper."),
    ]


def hello() -> dict[str, Any]:
    """A greeting: two epochs in the log, three events not yet acknowledged."""
    header = wire.Hello(
        realm=wire.Realm.LIVE,
        terminal=TERMINAL,
        epochs=[
            wire.EpochHead(EPOCH_BEFORE, 7, 41, "0f" * 32),
            wire.EpochHead(EPOCH, 1, 21, _hashes()[-1].hex()),
        ],
        boot=BOOT,
        mono_ms=61_000,
        wall_ms=NINE_MS + 1_000,
        clock=ClockTrust(ClockState.HOLDOVER, 1_400, "ntp", 2_800_000),
        roster=4,
        config=0,
        unsent=3,
        software="muster/0.1.0",
    )
    payload = wire.seal(wire.MessageKind.HELLO, header, b"", SigningKey.from_seed(TERMINAL_SEED))
    return _vector(wire.topic("up", BUCKET, TERMINAL, "hello"), payload, "terminal")


def batch() -> dict[str, Any]:
    """Thirteen events from the beginning of an epoch."""
    encoded = [events.encode(event) for event in every_kind()]
    payload = wire.seal_batch(
        realm=wire.Realm.LIVE,
        terminal=TERMINAL,
        epoch=EPOCH,
        first=1,
        previous=chain.genesis(TERMINAL, EPOCH),
        events=encoded,
        boot=BOOT,
        mono_ms=62_000,
        key=SigningKey.from_seed(TERMINAL_SEED),
    )
    return _vector(wire.topic("up", BUCKET, TERMINAL, "batch"), payload, "terminal") | {
        "events": [event.decode() for event in encoded],
        "hashes": [digest.hex() for digest in _hashes()],
    }


def ack() -> dict[str, Any]:
    """Nine of the fourteen events are held; a later range too, and one message was refused."""
    header = wire.Ack(
        store="e5" * 16,
        generation=3,
        terminal=TERMINAL,
        epoch=EPOCH,
        contiguous=9,
        hash=_hashes()[8].hex(),
        archived=5,
        server_ms=NINE_MS + 2_040,
        held=[(11, 12)],
        rejects=[wire.Reject(wire.RejectCode.CHAIN, 10, 10, "doesn't link to seq 9")],
        echo_boot=BOOT,
        echo_mono_ms=62_000,
        pause_ms=1_500,
    )
    payload = wire.seal(wire.MessageKind.ACK, header, b"", SigningKey.from_seed(CENTRE_SEED))
    return _vector(wire.topic("down", TERMINAL, "ack"), payload, "centre")


def _roster() -> dict[str, Any]:
    """Two nights of 12.5 hours, and rules that are not the defaults."""
    nights = [
        RosterShift(
            NINE_MS + (10 + 24 * night) * 3_600_000, NINE_MS + (22 + 24 * night) * 3_600_000 + 1_800_000
        )
        for night in range(2)
    ]
    told = Roster(
        version=4,
        terminal=TERMINAL,
        realm=wire.Realm.LIVE,
        site="东门",
        zone="Asia/Shanghai",
        language="zh-Hans",
        issuers=[SigningKey.from_seed(ISSUER_SEED).public.raw.hex()],
        activities=[
            RosterActivity(
                "guides-east",
                "Guides",
                [PhaseChange(Phase.EXECUTING, NINE_MS)],
                nights[0].start_ms,
                nights[-1].end_ms,
                ["590000"],
                nights,
                credit=RosterCredit(
                    zone="Asia/Shanghai", early_s=600, auto_break_after_s=21_600, auto_break_s=1_800
                ),
            )
        ],
        people=[RosterPerson("590000", "李明", "zh-Hans", approved_s=432_000, stars=1)],
        credentials=[],
        policy=AttendancePolicy(
            debounce_s=90, max_session_s=36_000, close_after_s=3_600, max_shift_s=86_400, clock_drift_ppm=30
        ),
    )
    said: dict[str, Any] = msgspec.to_builtins(told)
    return said


def roster() -> dict[str, Any]:
    """The roster of a centre that tells the numbers of its rules, and every shift."""
    return _roster_vector(_roster())


def roster_0_1() -> dict[str, Any]:
    """The same as a centre of version 0.1 told it."""
    said = _roster()
    (activity,) = said["activities"]
    del said["policy"], said["walk_in_key"]
    del activity["shifts"], activity["debounce_s"], activity["claims_end"], activity["credit"]
    for person in said["people"]:
        del person["approved_s"], person["stars"]
    return _roster_vector(said)


def renewal_request() -> dict[str, Any]:
    """A terminal asks for a certificate; the body is a request made with a key of its own."""
    payload = renewal.seal_request(
        REQUEST, terminal=TERMINAL, realm=wire.Realm.LIVE, key=SigningKey.from_seed(TERMINAL_SEED)
    )
    return _vector(wire.topic("up", BUCKET, TERMINAL, "renewal"), payload, "terminal")


def renewal_answer() -> dict[str, Any]:
    """The certificate for that key."""
    payload = renewal.seal_answer(
        CERTIFICATE.encode(),
        None,
        terminal=TERMINAL,
        realm=wire.Realm.LIVE,
        key=SigningKey.from_seed(CENTRE_SEED),
    )
    return _vector(wire.topic("down", TERMINAL, "certificate"), payload, "centre")


def tokens() -> dict[str, Any]:
    """Badges and phone codes that hold, and texts that don't."""
    issuer, stranger = SigningKey.from_seed(ISSUER_SEED), SigningKey.from_seed(STRANGER_SEED)
    last_day, latest_day = dt.date(2026, 12, 31), dt.date(2199, 6, 6)
    until_s = NINE_MS // 1000 + 60
    shown = [
        ("printed without an end", Badge(1), None),
        (
            "printed, valid to the last day",
            Badge(590_000, serial=3, last_day=last_day),
            _over_everywhere_ms(last_day),
        ),
        (
            "largest numbers",
            Badge(MAX_VOLUNTEER, serial=65_535, last_day=latest_day),
            _over_everywhere_ms(latest_day),
        ),
        ("phone, valid for a minute", Badge(590_000, Form.PHONE, 0, until_s=until_s), until_s * 1000 + 1),
        ("printed for a demo", Badge(42, demo=True), None),
    ]
    holds = badge.issue(Badge(1), issuer)
    return {
        "about": "Tokens of the QR codes on badges and telephones; see make_vectors.py.",
        "test_key": _key(ISSUER_SEED),
        "tokens": [
            {
                "name": name,
                "token": badge.issue(one, issuer),
                "reference": one.reference,
                "badge": msgspec.to_builtins(one),
                "ended_at_ms": ended_at_ms,
            }
            for name, one, ended_at_ms in shown
        ],
        "refused": [
            {"name": "another issuer", "token": badge.issue(Badge(1), stranger), "code": "forged_badge"},
            {"name": "cut short", "token": holds[:-3], "code": "unreadable"},
            {"name": "too long", "token": holds + "000", "code": "unreadable"},
            {"name": "no token", "token": "MB1:", "code": "unreadable"},
            {"name": "another text", "token": "https://example.org/", "code": "unreadable"},
        ],
    }


def references() -> dict[str, Any]:
    """What people and readers present, in several spellings, and the keyed hash of each."""
    presented = [
        (Subject.CODE, "LIB-00412"),
        (Subject.CODE, " LIB-00412\r\n"),
        (Subject.ID_NUMBER, "11010519491231002X"),
        (Subject.ID_NUMBER, "110105 19491231 002x"),
        (Subject.CARD_UID, "04A2B3C4D5E680"),
        (Subject.CARD_UID, "04:a2:b3:c4:d5:e6:80"),
        (Subject.TAG, "0A00ABCDEF"),
        (Subject.PHONE, "+8613800138000"),
        (Subject.PHONE, "+966512345678"),
        (Subject.PHONE, "+8613102345678"),
        (Subject.PHONE, "+13102345678"),
        (Subject.SMS_CODE, "482 913"),
        (Subject.SMS_CODE, "٤٨٢٩١٣"),
        (Subject.SMS_CODE, "４８２９１３"),
    ]
    return {
        "about": "Keyed hashes of what was presented; see make_vectors.py.",
        "test_key": {"warning": NOT_A_SECRET, "pseudonym": PSEUDONYM_KEY.hex()},
        "references": [
            {
                "subject": subject,
                "presented": text,
                "reference": pseudonym.keyed_reference(PSEUDONYM_KEY, subject, text),
            }
            for subject, text in presented
        ],
    }


VECTORS = {
    "wire/hello.json": hello,
    "wire/batch.json": batch,
    "wire/ack.json": ack,
    "wire/roster.json": roster,
    "wire/roster_0_1.json": roster_0_1,
    "wire/renewal.json": renewal_request,
    "wire/certificate.json": renewal_answer,
    "badges/tokens.json": tokens,
    "badges/references.json": references,
}


def _hashes() -> list[bytes]:
    encoded = [events.encode(event) for event in every_kind()]
    return chain.links(chain.genesis(TERMINAL, EPOCH), encoded)


def _over_everywhere_ms(day: dt.date) -> int:
    """When the day has ended in the last time zone, UTC-12."""
    next_noon = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(12), dt.UTC)
    return int(next_noon.timestamp()) * 1000


def _key(seed: bytes) -> dict[str, str]:
    return {
        "warning": NOT_A_SECRET,
        "seed": seed.hex(),
        "public": SigningKey.from_seed(seed).public.raw.hex(),
    }


def _roster_vector(said: dict[str, Any]) -> dict[str, Any]:
    body = msgspec.json.encode(said)
    header = RosterHeader(said["version"], said["terminal"])
    centre = SigningKey.from_seed(CENTRE_SEED)
    sealed = wire.seal(wire.MessageKind.ROSTER, header, zlib.compress(body), centre)
    vector = _vector("", sealed, "centre") | {"body": body.decode()}
    del vector["topic"]
    return vector


def _vector(topic: str, payload: bytes, signed_by: str) -> dict[str, Any]:
    envelope = wire.read_envelope(payload)
    return {
        "about": "One message of the contract; see make_vectors.py.",
        "test_keys": {name: _key(seed) for name, seed in _SEALED_WITH.items()},
        "topic": topic,
        "message": payload.decode(),
        "signed_by": signed_by,
        "kind": envelope.kind,
        "header": json.loads(envelope.header),
    }


def main() -> None:
    """Write every vector."""
    for name, make in VECTORS.items():
        text = json.dumps(make(), indent=1, ensure_ascii=False) + "\n"
        (HERE / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
