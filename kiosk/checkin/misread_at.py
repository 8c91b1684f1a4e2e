"""At which scanners badges arrive changed, as the last readings tell. Pure."""

from collections.abc import Mapping

import structlog

from drivers.reading import Presented, Reading
from foundation.trouble import Trouble
from kiosk.credentials.identify import Identified

_MAY_BE_MISREAD = frozenset({Presented.CODE, Presented.TAG, Presented.CARD_UID})

_logger = structlog.get_logger()


def misread_after(
    known: Mapping[str, Trouble], reading: Reading, identified: Identified
) -> Mapping[str, Trouble]:
    """What is wrong with scanners, by their names, after this reading.

    Replaced, never changed: the status is made on another thread's word.
    """
    at_device = known.get(reading.device)
    if reading.presented not in _MAY_BE_MISREAD or at_device == identified.misread:
        return known
    others = {device: one for device, one in known.items() if device != reading.device}
    if identified.misread:
        _logger.warning("scanner_misreads", device=reading.device, why=identified.misread)
        return {**others, reading.device: identified.misread}
    return others if identified.volunteer else known
