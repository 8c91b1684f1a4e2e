"""A GSM modem on a simulated serial line, good enough for gammu, and what a network sends it."""

import re
from collections.abc import Callable
from pathlib import Path

from drivers.modem.pdu import UserData, decode_submitted, write_user_data
from drivers.modem.sms_fields import Address, write_number, write_time
from drivers.reading import Secret
from drivers.simulated.serial_line import AnsweringLine

SERVICE_CENTRE = "+8613800100500"
_SERVICE_CENTRE_FIELD = bytes.fromhex("0891683108100005F0")
_SLOTS = 30
_ABORT, _END_OF_PDU = 0x1B, 0x1A
_UNREAD, _READ = 0, 1

_FIXED = {
    "AT": "",
    "ATZ": "",
    "AT+CGMI": "Muster",
    "AT+CGMM": "Simulated modem",
    "AT+CGMR": "1.0",
    "AT+CGSN": "490154203237518",  # the example IMEI of 3GPP TS 23.003
    "AT+CIMI": "460001234567890",
    "AT+CPIN?": "+CPIN: READY",
    "AT+CSCA?": f'+CSCA: "{SERVICE_CENTRE}",145',
    "AT+CSCS?": '+CSCS: "GSM"',
    "AT+CSCS=?": '+CSCS: ("GSM","UCS2")',
    "AT+CMGF=?": "+CMGF: (0)",
    "AT+CMGF?": "+CMGF: 0",
    "AT+CNMI=?": "+CNMI: (0-2),(0-3),(0),(0-1),(0)",
    "AT+CNMI?": "+CNMI: 2,1,0,0,0",
    "AT+CBC": "+CBC: 0,100",
    "AT+CSQ": "+CSQ: 21,0",
    "AT+CGATT?": "+CGATT: 1",
    "AT+COPS?": '+COPS: 0,2,"46000"',
    "AT+CPMS=?": '+CPMS: ("SM"),("SM"),("SM")',
}
_ACCEPTED = re.compile(
    r"AT\+(CMEE|CSCS|CNMI|CMMS|CREG|CGREG|CEREG|COPS|CSMS)=[^?]*|AT\+CMGF=0|AT\+CFUN=1|ATE[01]"
)


def received_pdus(sender: str, text: str, *, sent_ms: int, reference: int = 0x7A) -> list[str]:
    """The DELIVER messages in which a text from `sender` arrives, in hexadecimal."""
    pdus = []
    for coding, has_header, length, content in write_user_data(text, reference=reference):
        first = 0x44 if has_header else 0x04
        fields = bytes([first]) + write_number(sender) + bytes([0x00, coding]) + write_time(sent_ms)
        pdus.append((_SERVICE_CENTRE_FIELD + fields + bytes([length]) + content).hex().upper())
    return pdus


class SimulatedModem(AnsweringLine):
    """Answers AT commands, stores what the network sends, and keeps what it was told to send in `sent`."""

    def __init__(self, path: Path) -> None:
        self.sent: list[tuple[Address, UserData]] = []
        self.store: dict[int, tuple[int, str]] = {}
        self.registration = 1
        self.restarts = 0
        self.silent = False
        self.mentions_arrivals = True
        self.refused: dict[str, str] = {}
        self.between: list[str] = []
        self._typed = bytearray()
        self._echo = True
        self._awaits_pdu = False
        self._patterns: list[tuple[re.Pattern[str], Callable[[re.Match[str]], str]]] = [
            (re.compile(r"AT\+CPMS\?"), lambda _: self._store_level(names=True)),
            (re.compile(r'AT\+CPMS="SM".*'), lambda _: self._store_level(names=False)),
            (re.compile(r"AT\+C(E|G?)REG\?"), lambda found: f"+C{found[1]}REG: 0,{self.registration}"),
            (re.compile(r"AT\+CMGL=([0-4])"), self._list),
            (re.compile(r"AT\+CMGR=([0-9]+)"), self._show),
            (re.compile(r"AT\+CMGD=([0-9]+)(?:,0)?"), self._free),
        ]
        super().__init__(path, self.answer)

    def receive(self, pdu: str, *, slot: int | None = None) -> bool:
        """Let the network deliver a message; False while the store is full, when a network keeps it."""
        free = [place for place in range(1, _SLOTS + 1) if place not in self.store]
        if slot is None and not free:
            return False
        place = slot or free[0]
        self.store[place] = (_UNREAD, pdu)
        if self.mentions_arrivals:
            self.line.send(f'\r\n+CMTI: "SM",{place}\r\n'.encode("ascii"))
        return True

    def sent_texts(self) -> list[tuple[str, str]]:
        """Number and text of every message that it was told to send, one for each part."""
        return [(recipient.dialled(), data.text) for recipient, data in self.sent]

    def answer(self, data: bytes) -> bytes:
        """Take bytes from the driver and return what the modem says to them."""
        said = b""
        for byte in data:
            if self._echo and byte != _ABORT:
                said += bytes([byte])
            if self._awaits_pdu and byte in (_ABORT, _END_OF_PDU):
                self._awaits_pdu = False
                pdu = Secret(self._typed.decode("ascii", "replace")) if byte == _END_OF_PDU else None
                self._typed.clear()
                said += self._send(pdu)
            elif byte == _ABORT:
                self._typed.clear()
            elif byte == ord("\r") and not self._awaits_pdu:
                command = self._typed.decode("ascii", "replace").strip()
                self._typed.clear()
                said += self._obey(command) if command else b""
            else:
                self._typed.append(byte)
        return b"" if self.silent else said

    def _obey(self, command: str) -> bytes:
        for prefix, refusal in self.refused.items():
            if command.startswith(prefix):
                return _line(refusal)
        if command in ("ATE0", "ATE1"):
            self._echo = command == "ATE1"
        if command == "AT+CFUN=1,1":
            return self._restart()
        if re.fullmatch(r"AT\+CMGS=[0-9]+", command):
            self._awaits_pdu = True
            return b"\r\n> "
        if command in _FIXED:
            return (_line(_FIXED[command]) if _FIXED[command] else b"") + _line("OK")
        for pattern, act in self._patterns:
            if found := pattern.fullmatch(command):
                said = act(found)
                whole = said if "ERROR" in said else "\r\n".join(filter(None, (said, "OK")))
                return _line(whole)
        return _line("OK" if _ACCEPTED.fullmatch(command) else "ERROR")

    def _send(self, pdu: Secret | None) -> bytes:
        if pdu is None:
            return _line("OK")
        self.sent.append(decode_submitted(pdu.reveal()))
        return _line(f"+CMGS: {len(self.sent) % 256}") + _line("OK")

    def _list(self, found: re.Match[str]) -> str:
        wanted = {int(found[1])} if found[1] != "4" else set(range(4))
        lines = []
        for slot, (status, pdu) in sorted(self.store.items()):
            if status in wanted:
                unasked, self.between = self.between, []
                lines += [f"+CMGL: {slot},{status},,{_tpdu_octets(pdu)}", *unasked, pdu]
                self.store[slot] = (_READ, pdu)
        return "\r\n".join(lines)

    def _show(self, found: re.Match[str]) -> str:
        slot = int(found[1])
        if slot not in self.store:
            return "+CMS ERROR: 321"
        status, pdu = self.store[slot]
        self.store[slot] = (_READ, pdu)
        return f"+CMGR: {status},,{_tpdu_octets(pdu)}\r\n{pdu}"

    def _free(self, found: re.Match[str]) -> str:
        return "" if self.store.pop(int(found[1]), None) else "+CMS ERROR: 321"

    def _store_level(self, *, names: bool) -> str:
        level = f"{len(self.store)},{_SLOTS}"
        return "+CPMS: " + ",".join([f'"SM",{level}' if names else level] * 3)

    def _restart(self) -> bytes:
        self.line.send(_line("OK"))
        self.line.unplug()
        self._echo, self._awaits_pdu, self.silent = True, False, False
        self.restarts += 1
        self.line.plug_in()
        return b""


def _line(text: str) -> bytes:
    return f"\r\n{text}\r\n".encode("ascii")


def _tpdu_octets(pdu: str) -> int:
    octets = bytes.fromhex(pdu)
    return len(octets) - 1 - octets[0]
