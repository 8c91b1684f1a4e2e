"""A centre as Muster 0.1.0 left it: raw rows by the models of that time, hours and what people decided.

What stands in JSON columns is written as 0.1.0 wrote it. Five days from 7 March 2026 on, shifts 09-17.
"""

import datetime as dt

from settlement.evidence.judge import judge
from settlement.rules.certificate import certificate_number
from sync.contract import events
from sync.contract.event_places import EventId
from sync.contract.events import Claim
from tests.settlement.paper_terminal import NOON_MS, PaperTerminal, presented

HOUR = 3_600_000
DAY_MS = 24 * HOUR
NIGHT_MS = NOON_MS + 5 * DAY_MS
FIRST = dt.date(2026, 3, 7)
ISSUED = dt.date(2026, 3, 12)
OLD, NEW = (certificate_number("310115", 2026, number) for number in (1, 2))
RULES = {
    "version": 1, "settlement_tz": "Asia/Shanghai", "debounce_s": 60, "max_session_s": 43200,
    "min_session_s": 600, "daily_cap_s": 28800, "early_credit_s": 0, "late_credit_s": 0, "late_grace_s": 300,
    "leave_grace_s": 300, "close_after_s": 7200, "break_mode": "none", "auto_break_after_s": 21600,
    "auto_break_s": 1800, "clock_flag_s": 300, "clock_bound_s": 60, "clock_drift_ppm": 50,
    "future_tolerance_s": 60, "missing_out_policy": "zero",
    "blocking_flags": [
        "BELOW_MIN_SESSION", "CLOCK_LARGE", "CLOCK_UNKNOWN", "DAILY_CAP", "MANUAL", "MISSING_IN",
        "MISSING_OUT", "NOT_ASSIGNED", "OPEN", "OUTSIDE_WINDOW", "OVERLAP", "SITE_CONFLICT",
    ],
    "review_due_days": 10, "weekend": [6, 7], "default_duty_pm": 1000, "default_effect_pm": 1000,
    "points_per_activity_day": 2, "exchange_limit_per_year": 5,
    "exchange_tiers": {"towel": 10, "cinema_ticket": 20, "book_card": 30},
    "star_thresholds_h": [30, 60, 100, 200, 300],
}  # fmt: skip


def at(day, hour):
    """UTC milliseconds of an hour of the site's clock."""
    return NOON_MS + day * DAY_MS + int((hour - 12) * HOUR)


class Then:
    """The models of a time that is over; what they do not know of `values` is left out."""

    def __init__(self, apps):
        self._apps = apps
        self.terminal = PaperTerminal()

    def knows(self, model):
        return model.lower() in self._apps.all_models["settlement"]

    def put(self, model, **values):
        kind = self._apps.get_model("settlement", model)
        known = {
            "pk",
            *(name for field in kind._meta.concrete_fields for name in (field.name, field.attname)),
        }
        return kind.objects.create(**{name: value for name, value in values.items() if name in known})

    def scan(self, volunteer, day, hour, direction, activity="fair"):
        """An event of a terminal; answers (name, UTC second)."""
        log = self.terminal.check_in if direction == "in" else self.terminal.check_out
        seq = log(f"badge:{volunteer}.1", at(day, hour), activity)
        return f"north-gate/{self.terminal.epoch}/{seq}", at(day, hour) // 1000

    def stay(self, volunteer, day, came, left, activity="fair", flags=()):
        """A stay that a terminal measured within the shift, as an entry keeps it."""
        ends = (
            self.scan(volunteer, day, came, "in", activity),
            self.scan(volunteer, day, left, "out", activity),
        )
        return booked(*ends, flags)

    def result(self, volunteer, day, stay, activity="fair"):
        """The session and the line that the settler of then made of one stay."""
        date, flags = FIRST + dt.timedelta(days=day), stay["flags"]
        mine = {"volunteer_id": volunteer, "activity_id": activity, "flags": flags, "t_s": stay["t_s"]}
        kept = {name: stay[name] for name in ("in_s", "out_s", "raw_s", "trace", "in_event", "out_event")}
        self.put("Session", line_date=date, is_open=False, **mine, **kept)
        self.put("Line", local_date=date, **mine)

    def entry(
        self, volunteer, day, rev, delta_s, stay, kind="original", activity="fair", reason="", hands=()
    ):
        date = FIRST + dt.timedelta(days=day)
        return self.put(
            "LedgerEntry", volunteer_id=volunteer, activity_id=activity, local_date=date, kind=kind, rev=rev,
            delta_s=delta_s, reason=reason, flags=stay["flags"], hands=list(hands), sessions=[stay],
            rules_id=1, entered_ms=at(day, 20),
        )  # fmt: skip

    def review(self, entry, state, by="", note="", override=""):
        self.put("Review", entry=entry, state=state, by=by, note=note, override=override, at_ms=NIGHT_MS)


def booked(came, left, flags=()):
    """One stay as an entry of the ledger keeps it: nothing of it was cut."""
    seconds = left[1] - came[1]
    return {
        "in_s": came[1], "out_s": left[1], "raw_s": seconds, "t_s": seconds, "flags": list(flags),
        "trace": [], "in_event": came[0], "out_event": left[0],
    }  # fmt: skip


def enter_master_data(then):
    """Sites, people, what they may do where, and what the rules said."""
    then.put("RuleVersion", version=1, content=RULES, first_used_ms=NOON_MS)
    city = then.put("Organisation", path="0001", name="City of Lanterns", issuer="310115")
    harbour = then.put("Organisation", path="0002", name="Harbour")
    for code, name in (("north", "North gate"), ("south", "South gate")):
        then.put("Site", code=code, name=name, zone="Asia/Shanghai", language="zh-Hans")
    names = {1001: "Mei", 1002: "Wei", 1003: "Lin", 1004: "Chen", 1005: "Bo"}
    for number, name in names.items():
        then.put("Volunteer", number=number, display_name=name, suspended=number == 1005)
        then.put("Membership", volunteer_id=number, organisation=city, joined_ms=number)
    then.put(
        "Credential", ref="badge:1002.0", volunteer_id=1002, method="badge", assurance="medium",
        revoked_ms=5,
    )  # fmt: skip
    for name, recorder in (("fair", city), ("market", None)):
        then.put(
            "Activity", id=name, site_id="north", title=name.title(), content="guiding",
            organisation=recorder,
        )  # fmt: skip
        then.put("PhaseChange", activity_id=name, phase="executing", from_ms=at(0, 0))
        then.put("PhaseChange", activity_id=name, phase="ended", from_ms=at(5, 0))
    for day in range(5):
        then.put("Shift", activity_id="fair", start_ms=at(day, 9), end_ms=at(day, 17))
    then.put("Break", activity_id="fair", start_ms=at(0, 12), end_ms=at(0, 13))
    leader = then.put("Post", activity_id="fair", name="leader", duty_pm=1500)
    then.put("Assignment", activity_id="fair", volunteer_id=1001, post=leader)
    then.put(
        "StaffMember", reference="liaison-7", display_name="Zhao", role="staff", verifier="v", entered_ms=1,
    )  # fmt: skip
    then.put(
        "AccessChange", volunteer_id=1002, ref="badge:1002.0", change="revoke", from_ms=5, reason="lost",
        by="Zhao Min", at_ms=6,
    )  # fmt: skip
    then.put("AccessChange", volunteer_id=1005, change="suspend", reason="asked to", by="Li Hua", at_ms=7)
    return city, harbour


def enter_line(then, chain):
    """What the terminal wrote, and what the centre knows of it and told it."""
    terminal = then.terminal
    for seq, (raw, link) in enumerate(zip(terminal.events, terminal.hashes, strict=True), 1):
        read = judge(raw, EventId(terminal.name, terminal.epoch, seq), NIGHT_MS)
        volunteer = int(read.reference.partition(":")[2].partition(".")[0]) if read.attends else None
        then.put(
            "Event", chain=chain, seq=seq, raw=raw, hash=link, kind=read.kind, boot=read.boot,
            mono_ms=read.mono_ms, wall_ms=read.wall_ms, received_ms=NIGHT_MS,
            clock_doubtful=read.clock_doubtful, volunteer_id=volunteer, status="stored", review_reason="",
        )  # fmt: skip
    chain.contiguous = chain.head = len(terminal.events)
    chain.hash = terminal.hashes[-1].hex()
    chain.save()
    then.put("ForkEvidence", chain=chain, seq=2, hash=b"h" * 32, raw=b"another", received_ms=NIGHT_MS)
    then.put(
        "Quarantine", terminal="north-gate", topic="t", reason="signature", detail="d", digest="e" * 64,
        raw=b"\xff", size=1, first_ms=1, last_ms=2,
    )  # fmt: skip
    then.put(
        "TerminalStatus", terminal_id="north-gate", hello_ms=NIGHT_MS, boot="b" * 32, mono_ms=1, wall_ms=1,
        clock_state="synced", clock_error_ms=5, roster=4, config=2, unsent=0, software="0.1.0",
        said_ms=NIGHT_MS, boot_began_ms=NIGHT_MS - 1,
    )  # fmt: skip
    then.put("GivenSettings", terminal_id="north-gate", version=2, values={"x": 1}, given_ms=3)
    then.put("RosterEdition", terminal_id="north-gate", version=4, digest="d" * 64, sealed=b"s", made_ms=4)
    then.put(
        "IssuedCode", ref="code:1005.a", lookup="l", telephone="keyed:f", issued_ms=1, expires_ms=2,
        site_id="north", volunteer_id=1005,
    )  # fmt: skip
    then.put("OneTimeUse", ref="code:1005.a", counter=-1, chain=chain, seq=1)


def enter_later_tables(then):
    """What 0.1.0 did not know and the last release before accounts did."""
    if not then.knows("LogAlarm"):
        return
    then.put(
        "LogAlarm", terminal_id="north-gate", code="forked", detail="d", first_ms=1, last_ms=2, settled_ms=3,
        settled_by="Zhao Min", reason="seen",
    )  # fmt: skip
    then.put(
        "ListenerBeat", backend=1, name="one", started=dt.datetime.now(dt.UTC), beat=dt.datetime.now(dt.UTC),
    )  # fmt: skip
    then.put(
        "TlsCertificate", serial="01", name="broker", kind="broker", fingerprint="f", key_digest="k",
        not_before_ms=1, not_after_ms=2, issued_ms=1, pem="-",
    )  # fmt: skip
    then.put("RefusedEnrolment", at_ms=1, refusal="expired", terminal="x")
    token = then.put(
        "EnrolmentToken", id="t", nonce="n", terminal="west-gate", by="Zhao Min", made_ms=1, ends_ms=2,
        site_id="north",
    )  # fmt: skip
    then.put(
        "TerminalRequest", id="r", code="ABC-DEF", public_key="p", words="six words", message=b"m",
        asked_ms=1, state="refused", by="Li Hua", decided_ms=2, token=token,
    )  # fmt: skip


def enter_claim(then):
    """Chen came on the first day and said at night when she left; answers both ends of that stay."""
    came = then.scan(1004, 0, 9, "in")
    seq = then.terminal.log(
        Claim, at(0, 21), credential=presented("badge:1004.1"), activity="fair", direction="out",
        at_ms=at(0, 17), earliest_ms=at(0, 9), latest_ms=at(0, 21),
    )  # fmt: skip
    assert isinstance(events.decode(then.terminal.events[seq - 1]), Claim)
    return came, seq
