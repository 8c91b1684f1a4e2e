"""What staff do about the machine: try a device, see network and health, carry the log away on a stick."""

import asyncio
from functools import partial

from textual.content import Content

from foundation.words import Words
from kiosk.local_api.messages import Snapshot
from kiosk.local_api.replies import Checkup, DeviceTried, LogExported, Reply, Stick, Sticks
from kiosk.local_api.requests import Examine, ExportLog, ListSticks, TryDevice, UpkeepRequest
from kiosk.screens.monitor import view
from kiosk.screens.monitor.checkup import NETWORK, checks_drawn
from kiosk.screens.monitor.choices import Choice
from kiosk.screens.monitor.interfaces import Interface, look_at_interfaces
from kiosk.screens.monitor.session import StaffSession
from kiosk.screens.monitor.sheet import Sheet
from kiosk.screens.table import paragraph


async def try_device(session: StaffSession) -> None:
    """Present something to a device and see what it reads; again, as often as wanted."""
    snapshot, words = session.app.state.snapshot, session.words()
    devices = snapshot.status.devices if snapshot else []
    options = [(one.name, f"{one.name}  {words.code('device', one.state)}") for one in devices]
    device = await session.show(Choice(words, words.say("staff-try_device"), options))
    while device is not None:
        text = words.say("staff-try_present", device=device)
        told = await _waited_for(session, TryDevice(0, device, words.language), text)
        if not isinstance(told, DeviceTried):
            _tell(session, told)
            return
        read = words.say("staff-try_read", device=device, text=told.text) if told.text else ""
        again = await session.show(
            Choice(
                words,
                words.say("key-try_device"),
                [(device, words.say("staff-try_again"))],
                above=(read or words.say("staff-try_unread", device=device),),
            )
        )
        device = again


async def checkup(session: StaffSession) -> None:
    """The doctor's page, as far as the engine may look."""
    words = session.words()
    told = await _waited_for(session, Examine(0), words.say("staff-examining"))
    if isinstance(told, Checkup):
        await session.show(Sheet(words, words.say("key-checkup"), partial(_checkup, told, words)))
    else:
        _tell(session, told)


async def network(session: StaffSession) -> None:
    """The line to the centre, its certificate, and this machine's own network."""
    words, snapshot = session.words(), session.app.state.snapshot
    told = await _waited_for(session, Examine(0), words.say("staff-examining"))
    if isinstance(told, Checkup) and snapshot:
        drawn = partial(_network, snapshot, told, look_at_interfaces(), words)
        await session.show(Sheet(words, words.say("key-network"), drawn))
    else:
        _tell(session, told)


async def export(session: StaffSession) -> None:
    """Write the log onto a stick that is plugged in and mounted."""
    listed, words = await session.ask(ListSticks(0)), session.words()
    if not isinstance(listed, Sticks):
        session.tell(listed)
        return
    options = [(one.folder, _stick(one, words)) for one in listed.sticks]
    above = () if options else (words.say("staff-no_stick"),)
    folder = await session.show(Choice(words, words.say("staff-sticks"), options, above=above))
    if folder is None:
        return
    told = await _waited_for(session, ExportLog(0, folder), words.say("staff-exporting"))
    if not isinstance(told, LogExported):
        _tell(session, told)
        return
    text = words.say("staff-exported", file=told.file, count=str(told.batches))
    if told.trouble:
        text = words.trouble(told.trouble)
    await session.show(Sheet(words, words.say("key-export"), partial(_closable, text, words)))


async def _waited_for(session: StaffSession, request: UpkeepRequest, text: str) -> Reply | None:
    """The answer, a box over the page meanwhile; None when somebody put the box away."""
    words, left = session.words(), asyncio.Event()
    box = Sheet(words, "", partial(_paragraph, text, words))
    session.app.push_screen(box, lambda _: left.set())
    asked = asyncio.ensure_future(session.ask(request))
    leaving = asyncio.ensure_future(left.wait())
    try:
        await asyncio.wait({asked, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if not asked.done():
            return None
        if box.is_current:
            box.dismiss(None)
            await leaving
        return asked.result()
    finally:
        asked.cancel()
        leaving.cancel()


def _tell(session: StaffSession, told: Reply | None) -> None:
    if told is not None:
        session.tell(told)


def _stick(one: Stick, words: Words) -> str:
    return words.say("staff-stick", folder=one.folder, free=view.gigabytes(one.free_bytes))


def _checkup(told: Checkup, words: Words, width: int) -> list[Content]:
    return [*checks_drawn(told.checks, words, width), *_close(words, width)]


def _network(
    snapshot: Snapshot, told: Checkup, interfaces: list[Interface], words: Words, width: int
) -> list[Content]:
    titled = partial(paragraph, width=width, direction=words.direction, style="bold")
    here = [line for one in interfaces for line in _interface(one, words, width)]
    return [
        *titled(words.say("network-link")),
        *view.link(snapshot, words, width),
        Content(""),
        *checks_drawn([one for one in told.checks if one.subject in NETWORK], words, width),
        Content(""),
        *titled(words.say("network-machine")),
        *(here or paragraph(words.say("network-none"), width, words.direction)),
        *_close(words, width),
    ]


def _interface(one: Interface, words: Words, width: int) -> list[Content]:
    state = words.say("network-up" if one.is_up else "network-down")
    address = one.address or words.say("network-no_address")
    text = words.say("network-interface", name=one.name, state=state, address=address)
    return paragraph(text, width, words.direction)


def _close(words: Words, width: int) -> list[Content]:
    return [Content(""), *paragraph(words.say("help-close"), width, words.direction)]


def _closable(text: str, words: Words, width: int) -> list[Content]:
    return [*_paragraph(text, words, width), *_close(words, width)]


def _paragraph(text: str, words: Words, width: int) -> list[Content]:
    return paragraph(text, width, words.direction)
