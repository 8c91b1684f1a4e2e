"""A resident identity card reader on a simulated serial line, and cards to lay on it."""

from pathlib import Path

from drivers.simulated.serial_line import AnsweringLine

_PREAMBLE = bytes.fromhex("AAAAAA9669")

# The literal requests of the vendors' texts, so that this side checks the driver's frames and not itself.
_MODULE_STATUS = bytes.fromhex("AAAAAA9669 0003 11FF ED")
_FIND = bytes.fromhex("AAAAAA9669 0003 2001 22")
_SELECT = bytes.fromhex("AAAAAA9669 0003 2002 21")
_READ = bytes.fromhex("AAAAAA9669 0003 3001 32")


def card_text(number: str, *, flag: str = " ", name: str = "测试志愿者") -> bytes:
    """The 256 bytes of text of a card with this number and layout flag; everything else on it is invented.

    Use numbers of the unallocated region 999999.
    """
    text = bytearray(" ".encode("utf-16-le") * 128)
    for place, field in ((0, name), (36, "19900101"), (52, "测试路1号"), (122, number), (248, flag)):
        text[place : place + 2 * len(field)] = field.encode("utf-16-le")
    return bytes(text)


def reply(status: int, data: bytes = b"") -> bytes:
    """A reader's reply with this third status word."""
    content = (len(data) + 4).to_bytes(2, "big") + bytes([0x00, 0x00, status]) + data
    check = 0
    for byte in content:
        check ^= byte
    return _PREAMBLE + content + bytes([check])


def read_reply(text: bytes) -> bytes:
    """The 1295 bytes of reply to a read of a card with this text."""
    return reply(0x90, bytes.fromhex("01000400") + text + b"WLf\x00" + bytes(1020))


class SimulatedIdCardReader(AnsweringLine):
    """Behaves as real readers do: a card that was read must leave before it is found again."""

    def __init__(self, path: Path) -> None:
        self._asked = b""
        self._card: bytes | None = None
        self._selected = False
        self._was_read = False
        self._failing_reads = 0
        self._pull_cable = False
        self.module_status = 0x90
        self.silent = False
        super().__init__(path, self.answer)

    def lay(self, text: bytes, *, failing_reads: int = 0, pull_cable: bool = False) -> None:
        """Lay a card on the reader; so many reads of it fail, or the cable is pulled in the middle of one."""
        self._failing_reads = failing_reads
        self._pull_cable = pull_cable
        self._selected = self._was_read = False
        self._card = text

    def take_away(self) -> None:
        """Take the card away."""
        self._card = None

    def answer(self, data: bytes) -> bytes:
        """Answer the driver's bytes; requests that came in part wait for the rest."""
        self._asked += data
        answers = b""
        while len(self._asked) >= 7:
            whole = 7 + int.from_bytes(self._asked[5:7], "big")
            if not self._asked.startswith(_PREAMBLE):
                self._asked = b""
                return reply(0x10)
            if len(self._asked) < whole:
                break
            request, self._asked = self._asked[:whole], self._asked[whole:]
            answers += self._answer_request(request)
        return b"" if self.silent else answers

    def _answer_request(self, request: bytes) -> bytes:
        if self.module_status != 0x90:
            return reply(self.module_status)
        match request:
            case x if x == _MODULE_STATUS:
                return reply(0x90)
            case x if x == _FIND:
                there = self._card is not None and not self._was_read
                return reply(0x9F, bytes(4)) if there else reply(0x80)
            case x if x == _SELECT:
                self._selected = self._card is not None
                return reply(0x90, bytes(8)) if self._selected else reply(0x81)
            case x if x == _READ:
                return self._answer_read()
            case _:
                return reply(0x21)

    def _answer_read(self) -> bytes:
        if self._card is None or not self._selected or self._failing_reads:
            self._failing_reads = max(0, self._failing_reads - 1)
            return reply(0x41)
        self._was_read = True
        if self._pull_cable:
            self.line.send(read_reply(self._card)[:600])
            self.line.unplug()
            return b""
        return read_reply(self._card)
