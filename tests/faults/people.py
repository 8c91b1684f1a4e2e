"""Who comes while the faults are played, and the roster that names them."""

import msgspec

from sync.contract.roster import Phase, PhaseChange, RosterPerson
from tests.kiosk.samples import GUIDES, ROSTER
from tests.sync.samples import NINE_MS

PEOPLE = 40
_FOUR_DAYS_MS = 4 * 86_400_000

EVERYBODY = msgspec.structs.replace(
    ROSTER,
    people=[RosterPerson(str(number), f"Volunteer {number}") for number in range(1, PEOPLE + 1)],
    # Steps of a few days stay within it; by years, nothing executes.
    activities=[
        msgspec.structs.replace(
            GUIDES,
            phases=[
                PhaseChange(Phase.STAFFING, 0),
                PhaseChange(Phase.EXECUTING, NINE_MS - _FOUR_DAYS_MS),
                PhaseChange(Phase.ENDED, NINE_MS + _FOUR_DAYS_MS),
            ],
        )
    ],
    revoked=[],
)
