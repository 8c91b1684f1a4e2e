"""Who comes while the faults are played, and the roster that names them."""

import msgspec

from sync.roster import Phase, PhaseChange, RosterPerson
from tests.kiosk.samples import GUIDES, ROSTER

PEOPLE = 40
_LONG_AGO_MS = -(10**13)

EVERYBODY = msgspec.structs.replace(
    ROSTER,
    people=[RosterPerson(str(number), f"Volunteer {number}") for number in range(1, PEOPLE + 1)],
    # It executes whatever the clock says.
    activities=[msgspec.structs.replace(GUIDES, phases=[PhaseChange(Phase.EXECUTING, _LONG_AGO_MS)])],
    revoked=[],
)
