"""Whether a greeting is the newest that a terminal ever said: a late or repeated one changes nothing.

MQTT may deliver a message twice and late, and whoever has the broker can send it again hours later. Within a
boot monotonic time orders the greetings, across boots the log does: it only grows, an epoch at a time.
"""

from django.db.models import Q

from settlement.models import Chain, TerminalStatus
from sync.contract.wire import Hello

MOST_LEFT_BOOTS = 32
"""A terminal that boots so often without opening its log once is beyond help."""


def is_newest(hello: Hello, last: TerminalStatus | None) -> bool:
    """Whether the terminal said it after `last`, by its own order."""
    if last is None:
        return True
    if hello.boot == last.boot:
        return hello.mono_ms > last.mono_ms or (hello.mono_ms == last.mono_ms and _says_other(hello, last))
    if not last.newest_epoch:
        return hello.boot not in last.left_boots
    if not hello.epochs:
        return False
    newest = hello.epochs[-1]
    if newest.epoch == last.newest_epoch:
        if newest.head == last.newest_head:
            return hello.boot not in last.left_boots
        return newest.head > last.newest_head
    if any(head.epoch == last.newest_epoch for head in hello.epochs):
        return True
    # Another log, unless the centre knows that another epoch came after its newest.
    of_terminal = Chain.objects.filter(terminal=hello.terminal)
    followed = Q(epoch=newest.epoch, followed=True) | Q(previous_epoch=newest.epoch)
    return not of_terminal.filter(followed).exists()


def note_followed(hello: Hello, last: TerminalStatus | None) -> None:
    """Of the newest greeting: each epoch but its last is over, and that of another log told before."""
    over = [head.epoch for head in hello.epochs[:-1]]
    if last and hello.epochs and last.newest_epoch != hello.epochs[-1].epoch:
        over.append(last.newest_epoch)
    Chain.objects.filter(terminal=hello.terminal, epoch__in=over, followed=False).update(followed=True)


def _says_other(hello: Hello, last: TerminalStatus) -> bool:
    """Whether two greetings of one instant differ: a demo's clock stands while its terminal changes."""
    newest = hello.epochs[-1] if hello.epochs else None
    log = (newest.epoch, newest.head) if newest else ("", 0)
    said = (hello.roster, hello.config, hello.unsent, hello.wall_ms, hello.clock.state, *log)
    before = (last.roster, last.config, last.unsent, last.wall_ms, last.clock_state)
    return said != (*before, last.newest_epoch, last.newest_head)


def order_of(hello: Hello, last: TerminalStatus | None) -> dict[str, object]:
    """What the status must remember of the newest greeting, to know those before it again."""
    newest = hello.epochs[-1] if hello.epochs else None
    left = last.left_boots if last and newest and last.newest_epoch == newest.epoch else []
    if last and last.boot != hello.boot:
        left = [*left, last.boot]
    return {
        "newest_epoch": newest.epoch if newest else "",
        "newest_head": newest.head if newest else 0,
        "left_boots": left[-MOST_LEFT_BOOTS:],
    }
