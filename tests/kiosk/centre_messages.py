"""What a centre sends to the terminal of the samples, as its uplink brings it."""

import msgspec

from kiosk.local_api.messages import FromCentre
from sync.contract.downlink import Command, CommandPayload, SettingsGiven, Wipe, seal_chunks, seal_told
from sync.contract.roster import Roster, RosterActivity, RosterPerson, seal_roster
from sync.contract.wire import Realm
from tests.kiosk.samples import GUIDES, ROSTER
from tests.sync.samples import CENTRE_KEY, NINE_MS, TERMINAL, TERMINAL_KEY

WIPE = Wipe(TERMINAL_KEY.public.key_id)
STAMPS = msgspec.structs.replace(GUIDES, id="stamps", title="Stamps")


def newer(version: int = 5, activity: RosterActivity = GUIDES, **changes: object) -> Roster:
    """The samples' roster in a newer version, at which volunteer 4 is expected as well."""
    people = [*ROSTER.people, RosterPerson("4", "New")]
    fields = {"version": version, "people": people, "activities": [activity], **changes}
    return msgspec.structs.replace(ROSTER, **fields)


def chunks_of(roster: Roster, key=CENTRE_KEY) -> list[FromCentre]:
    """The messages that bring a roster."""
    sealed = seal_chunks(
        seal_roster(roster, key), realm=roster.realm, terminal=TERMINAL, version=roster.version, key=key
    )
    return [FromCentre(message, NINE_MS) for message in sealed]


def settings_of(version: int = 1, key=CENTRE_KEY, **values: object) -> FromCentre:
    """The message that gives settings."""
    given = SettingsGiven(realm=Realm.LIVE, terminal=TERMINAL, version=version, values=values)
    return FromCentre(seal_told(given, key), NINE_MS)


def command_of(
    order: CommandPayload = WIPE, centre_ms: int = NINE_MS, key=CENTRE_KEY, **changes: object
) -> FromCentre:
    """The message that gives an order, until nine o'clock."""
    fields = {"id": "0a" * 16, "realm": Realm.LIVE, "terminal": TERMINAL, "deadline_ms": NINE_MS, **changes}
    return FromCentre(seal_told(Command(order=order, **fields), key), centre_ms)
