"""This centre's identity: its database, its realm, and the key that it signs answers with."""

from dataclasses import dataclass

from foundation.errors import SettingsError
from settlement.models import Store
from settlement.settings import CentreSettings, QuarantineSettings
from settlement.signing_keys import load_signing_keys
from settlement.troubles import CentreTrouble
from sync.contract.handover import CentreKeys
from sync.contract.signing import SigningKey
from sync.contract.wire import Realm


@dataclass(frozen=True, slots=True)
class Centre:
    """What every answer to a terminal is made with; `keys` are this `key` and those that it replaced."""

    realm: Realm
    store: str
    generation: int
    key: SigningKey
    keys: CentreKeys
    quarantine: QuarantineSettings


def open_centre(settings: CentreSettings) -> Centre:
    """The centre of these settings; raises SettingsError where `setup.prepare` has not made it."""
    store = Store.objects.filter(realm=settings.realm).first()
    if store is None:
        raise SettingsError(CentreTrouble.CENTRE_MISSING, realm=settings.realm)
    signing = load_signing_keys(settings)
    return Centre(
        settings.realm, store.identity, store.generation, signing.key, signing.public, settings.quarantine
    )
