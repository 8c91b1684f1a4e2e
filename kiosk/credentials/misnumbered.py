"""A tag or card that the roster knows by the number which its reader gives in another form. Pure.

Nobody is let in by it: anybody can print a number as a barcode. Staff are told what to set.
"""

from drivers.reading import Presented, Reading
from drivers.rfid_numbers import Number, NumberFormat, forms_of, number_in
from foundation.trouble import Trouble
from kiosk.roster.index import RosterIndex
from kiosk.troubles import TerminalTrouble
from sync.contract import pseudonym
from sync.contract.pseudonym import Subject

_SERIAL = {
    Presented.TAG: (NumberFormat.TAG_10H, NumberFormat.TAG_8H),
    Presented.CARD_UID: (NumberFormat.UID,),
}
"""How readers that are no keyboards give numbers."""
_SUBJECTS = {Presented.TAG: Subject.TAG, Presented.CARD_UID: Subject.CARD_UID}


def misnumbered(reading: Reading, roster: RosterIndex, pseudonym_key: bytes) -> Trouble | None:
    """What is wrong with a reader's settings: it gives a number of the roster in another form."""
    text = reading.payload.reveal()
    if reading.presented is Presented.CODE:
        for form, turned, number in forms_of(text, shortened=True):
            if _is_known(number, roster, pseudonym_key):
                told = "true" if turned else "false"
                return Trouble.of(TerminalTrouble.READER_FORMAT, format=form, reversed=told)
    for form in _SERIAL.get(reading.presented, ()):
        other = number_in(text, form, turned=True)
        if other and _is_known(other, roster, pseudonym_key):
            return Trouble.of(TerminalTrouble.READER_REVERSED)
    return None


def _is_known(number: Number, roster: RosterIndex, pseudonym_key: bytes) -> bool:
    subject = _SUBJECTS[number.presented]
    return roster.names(pseudonym.keyed_reference(pseudonym_key, subject, number.digits))
