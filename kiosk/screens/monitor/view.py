"""What the staff's view shows: from the terminal's state to lines, pure."""

from textual.content import Content

from foundation.refusal import Refusal
from foundation.words import Words
from kiosk.local_api.messages import Decided, Device, Snapshot, Status
from kiosk.screens.enrolment_view import enrolment_lines
from kiosk.screens.monitor.arranged import Arrangement, Entry
from kiosk.screens.results import LOOKS, SKY_BLUE, VERMILLION
from kiosk.screens.table import Cell, Column, flow, paragraph, table
from kiosk.screens.terminal_state import TerminalState, time_at_site

GOOD = SKY_BLUE
BAD = f"bold {VERMILLION}"
QUIET = "#A0A0A0"

_DEVICE_SYMBOLS = {"ready": "●", "opening": "◌", "closed": "○", "fault": "✖"}
_LITTLE_DISK_BYTES = 500_000_000
_ROOM_FOR_ACTIVITY = 36
_NEWEST_FIRST = Arrangement()
_HOT_MC = 80_000
"""From here on a Raspberry Pi slows itself down."""
_TOO_WEAK_NOW, _SLOWED_NOW = 0b0001, 0b1110
"""Of `throttled_bits`; see `kiosk/health/vitals.py`."""


def banner(state: TerminalState, words: Words, width: int) -> list[Content]:
    """What stands above everything while the engine does not answer or the terminal is not enrolled yet."""
    if state.snapshot is None:
        texts = [words.say("engine-waiting")]
    elif state.gone:
        last = time_at_site(state.snapshot, state.snapshot.status.wall_ms)
        texts = [words.say("engine-lost", time=last)]
    elif state.snapshot.enrolment:
        texts = enrolment_lines(state.snapshot.enrolment, words)
    else:
        return []
    if state.gone:
        texts.append(words.trouble(state.gone.why))
    return [line for text in texts for line in paragraph(text, width, words.direction, "bold")]


def here_title(snapshot: Snapshot, words: Words, arrangement: Arrangement = _NEWEST_FIRST) -> str:
    """How many are here, how many came at the site's other terminals, how many are expected."""
    status = snapshot.status
    parts = [words.say("label-here", count=len(status.here))]
    if status.in_groups:
        parts.append(words.say("label-in_groups", count=status.in_groups))
    if status.elsewhere is not None:
        parts.append(words.say("label-elsewhere", count=status.elsewhere))
    if snapshot.expected:
        parts.append(words.say("label-expected", count=snapshot.expected))
    if arrangement != _NEWEST_FIRST:
        parts.append(arrangement.title(words))
    return " · ".join(parts)


def entries_here(snapshot: Snapshot) -> list[Entry]:
    """Who is here, the newest first; each one's line is since when."""
    return [
        Entry(
            one.volunteer,
            time_at_site(snapshot, one.since_ms),
            one.name or one.volunteer,
            snapshot.activities.get(one.activity, ""),
        )
        for one in sorted(snapshot.status.here, key=lambda person: person.since_ms, reverse=True)
    ]


def here(
    snapshot: Snapshot, words: Words, width: int, arrangement: Arrangement = _NEWEST_FIRST
) -> list[Content]:
    """Who is here, since when and for what, where that differs and there is room for it.

    Nobody comes back from a break who is forgotten: they stand above the others.
    """
    everybody = entries_here(snapshot)
    shown = arrangement.of(everybody)
    away = sorted(snapshot.status.on_break, key=lambda person: person.since_ms)
    if not shown and not away:
        return paragraph(words.say("nobody-here"), width, words.direction, QUIET)
    columns = [Column(words.say("label-name"), share=1), Column(words.say("label-since"))]
    breaks = [
        (
            Cell(one.name or one.volunteer),
            Cell(words.say("staff-break_since", time=time_at_site(snapshot, one.since_ms)), "bold"),
        )
        for one in away
    ]
    rows: list[tuple[Cell, ...]] = [*breaks, *((Cell(one.name), Cell(one.text)) for one in shown)]
    if width >= _ROOM_FOR_ACTIVITY and len({one.activity for one in everybody}) > 1:
        columns.append(Column(words.say("label-activity"), share=1))
        titles = snapshot.activities
        rows = [
            *((*row, Cell(titles.get(one.activity, ""))) for row, one in zip(breaks, away, strict=True)),
            *((Cell(one.name), Cell(one.text), Cell(one.activity)) for one in shown),
        ]
    return table(columns, rows, width, words.direction)


def readings(snapshot: Snapshot, words: Words, width: int) -> list[Content]:
    """The last readings, the newest first: when, what became of it, who, with what, and why not."""
    if not snapshot.recent:
        return paragraph(words.say("no-readings"), width, words.direction, QUIET)
    columns = [
        Column(words.say("label-time")),
        Column(words.say("label-result"), most=24),
        Column(words.say("label-name"), share=2),
        Column(words.say("label-method")),
        Column(words.say("label-reason"), share=3),
    ]
    rows = [_reading(snapshot, decided, words) for decided in reversed(snapshot.recent)]
    return table(columns, rows, width, words.direction)


def devices(snapshot: Snapshot, words: Words, width: int) -> list[Content]:
    """Each device's state, counts and last reading; first the faulty ones, with what to do about them."""
    known = sorted(snapshot.status.devices, key=lambda device: device.state != "fault")
    if not known:
        return paragraph(words.say("no-devices"), width, words.direction, QUIET)
    columns = [
        Column(words.say("label-device"), share=1),
        Column(words.say("label-state")),
        Column(words.say("label-read")),
        Column(words.say("label-unread")),
        Column(words.say("label-last")),
    ]
    heading, *rows = table(
        columns, [_device(snapshot, device, words) for device in known], width, words.direction
    )
    drawn = [heading]
    for device, row in zip(known, rows, strict=True):
        drawn.append(row)
        if device.trouble:
            drawn += paragraph(words.trouble(device.trouble), width, words.direction, VERMILLION)
    return drawn


def terminal(snapshot: Snapshot, words: Words, width: int) -> list[Content]:
    """Link and backlog, clock, disk, roster, log and the machine, as few lines as hold them."""
    status, link = snapshot.status, snapshot.status.link
    trusted = status.clock_state in ("synced", "holdover")
    items = [
        *_line(snapshot, words),
        _item(words, "label-clock", _clock(status, words), "" if trusted else BAD),
        _item(
            words,
            "label-disk",
            gigabytes(status.disk_free_bytes),
            BAD if status.disk_free_bytes < _LITTLE_DISK_BYTES else "",
        ),
        _item(words, "label-roster", _roster(snapshot, words), "" if snapshot.roster_version else BAD),
        _item(words, "label-log", words.say("log-head", number=str(status.head_seq))),
        *_machine(status, words),
    ]
    if link.certificate_days is not None:
        days = words.say("certificate-days", count=link.certificate_days)
        items.append(_item(words, "label-certificate", days, BAD if status.certificate_warning else ""))
    if link.oldest_unsent_wall_ms is not None:
        items.insert(
            2, _item(words, "label-oldest", time_at_site(snapshot, link.oldest_unsent_wall_ms), "bold")
        )
    if status.out_of_order:
        items.insert(0, _item(words, "label-state", words.say("out_of_order-word"), BAD))
    elif status.direction:
        items.insert(0, _item(words, "label-state", words.code("direction", status.direction), "bold"))
    drawn = flow(items, width, words.direction)
    if status.certificate_warning:
        warning = words.say("certificate-warning")
        drawn += paragraph(warning, width, words.direction, VERMILLION)
    for notice in snapshot.notices:
        spoken, text = notice.text(words.language)
        drawn += paragraph(text, width, Words(spoken).direction, "bold")
    for trouble in (*link.troubles, *status.log_troubles):
        drawn += paragraph(words.trouble(trouble), width, words.direction, VERMILLION)
    return drawn


def link(snapshot: Snapshot, words: Words, width: int) -> list[Content]:
    """The line to the centre alone: its state, what waits, and what is wrong with it."""
    told = snapshot.status.link
    items = _line(snapshot, words)
    if told.oldest_unsent_wall_ms is not None:
        items.append(_item(words, "label-oldest", time_at_site(snapshot, told.oldest_unsent_wall_ms), "bold"))
    if told.certificate_days is not None:
        items.append(
            _item(words, "label-certificate", words.say("certificate-days", count=told.certificate_days))
        )
    troubles = [
        line
        for trouble in told.troubles
        for line in paragraph(words.trouble(trouble), width, words.direction, VERMILLION)
    ]
    return [*flow(items, width, words.direction), *troubles]


def _line(snapshot: Snapshot, words: Words) -> list[tuple[Cell, Cell]]:
    told = snapshot.status.link
    connected = "connected" if told.connected else "disconnected"
    symbol = _DEVICE_SYMBOLS["ready" if told.connected else "closed"]
    state = f"{symbol} {words.say(f'link-{connected}')}"
    return [
        _item(words, "label-link", state, GOOD if told.connected else BAD),
        _item(words, "label-unsent", str(told.unsent), "bold" if told.unsent else ""),
        _item(words, "label-acknowledged", _when(snapshot, told.last_ack_wall_ms, words)),
    ]


def _machine(status: Status, words: Words) -> list[tuple[Cell, Cell]]:
    """How warm it is, where that is known, and whether its power suffices, where it doesn't."""
    bits = status.throttled_bits or 0
    items = []
    if status.temperature_mc is not None:
        degrees, is_slowed = str(round(status.temperature_mc / 1000)), bool(bits & _SLOWED_NOW)
        text = words.say("temperature-slowed" if is_slowed else "temperature", degrees=degrees)
        is_hot = is_slowed or status.temperature_mc >= _HOT_MC
        items.append(_item(words, "label-temperature", text, BAD if is_hot else ""))
    if status.undervoltage or bits & _TOO_WEAK_NOW:
        items.append(_item(words, "label-power", words.say("power-weak"), BAD))
    return items


def _roster(snapshot: Snapshot, words: Words) -> str:
    if snapshot.revoked:
        return words.code("reason", Refusal.TERMINAL_REVOKED, "short")
    if not snapshot.roster_version:
        return words.code("reason", Refusal.NO_ROSTER, "short")
    return words.say("roster-version", version=str(snapshot.roster_version))


def _reading(snapshot: Snapshot, decided: Decided, words: Words) -> tuple[Cell, ...]:
    look = LOOKS[decided.outcome]
    style = BAD if look.paper == VERMILLION else GOOD
    cells = (
        Cell(time_at_site(snapshot, decided.at_ms)),
        Cell(f"{look.symbol} {words.say(f'result-{decided.outcome}.short')}", style),
        Cell(decided.name or decided.volunteer or "–"),
        Cell(words.code("method", decided.method) if decided.method else decided.device),
        Cell(_remark(snapshot, decided, words)),
    )
    if decided.taken_back_ms is None:
        return cells
    *struck, remark = cells
    return (*(Cell(cell.text, f"{QUIET} strike") for cell in struck), remark)


def _remark(snapshot: Snapshot, decided: Decided, words: Words) -> str:
    """Why not; by whom it was taken back; what staff wrote down and why."""
    if decided.taken_back_ms is not None:
        at = time_at_site(snapshot, decided.taken_back_ms)
        by = decided.taken_back_by or words.say("reading-by_volunteer")
        return words.say("reading-taken_back", time=at, by=by)
    if decided.written_ms is not None:
        written = time_at_site(snapshot, decided.written_ms)
        return words.say("reading-written", time=written, reason=decided.note)
    if decided.message:
        return words.say("reading-note_shown")
    return words.code("reason", decided.reason, "short") if decided.reason else ""


def _device(snapshot: Snapshot, device: Device, words: Words) -> tuple[Cell, ...]:
    style = {"ready": GOOD, "fault": BAD}.get(device.state, QUIET)
    symbol = _DEVICE_SYMBOLS.get(device.state, "?")
    return (
        Cell(device.name),
        Cell(f"{symbol} {words.code('device', device.state)}", style),
        Cell(str(device.readings)),
        Cell(str(device.unreadable), "bold" if device.unreadable else ""),
        Cell(_when(snapshot, device.last_reading_wall_ms, words)),
    )


def _item(words: Words, label: str, value: str, style: str = "") -> tuple[Cell, Cell]:
    return Cell(words.say(label), QUIET), Cell(value, style)


def _clock(status: Status, words: Words) -> str:
    """The clock's state, and how far it may be off, rounded up to tenths of a second."""
    state = words.code("clock", status.clock_state)
    if status.clock_error_ms is None:
        return state
    whole, tenths = divmod(-(-status.clock_error_ms // 100), 10)
    return f"{state} ±{whole}.{tenths} s"


def _when(snapshot: Snapshot, wall_ms: int | None, words: Words) -> str:
    return words.say("never") if wall_ms is None else time_at_site(snapshot, wall_ms)


def gigabytes(count: int) -> str:
    """A number of bytes as people say it."""
    whole, tenths = divmod(count // 100_000_000, 10)
    return f"{whole}.{tenths} GB"
