"""The trials of a broker, a row after the other, with guests whom the centre's own authority vouches for.

That nothing came is believed once something that was sent later did.
"""

from collections.abc import Callable, Iterator

from sync.conformance import carrying, judgement, keeping, strangers
from sync.conformance.rows import Finding, Mark, Row
from sync.conformance.stage import Guests, NotTriedError, Stage, why_refused

_VERSIONS = {Row.MQTT_5: "5", Row.MQTT_311: "3.1.1"}

TRIALS: dict[Row, Callable[[Stage], Finding]] = {
    Row.NO_CERTIFICATE: strangers.no_certificate,
    Row.FOREIGN_CERTIFICATE: strangers.foreign_certificate,
    Row.DELIVERY: carrying.delivery,
    Row.CANARY: carrying.canary_returns,
    Row.CLIENT_ID: strangers.client_id,
    Row.WRITE_ACCESS: strangers.write_access,
    Row.READ_ACCESS: strangers.read_access,
    Row.ORDER: carrying.order,
    Row.SIZE: carrying.size,
    Row.IN_FLIGHT: carrying.in_flight,
    Row.SESSION: keeping.session,
    Row.WILL: keeping.will,
    Row.RETAINED: keeping.retained,
    Row.RETAINED_UP: keeping.retained_up,
    Row.SHARED: keeping.shared,
}


def try_broker(guests: Guests, wanted: str) -> Iterator[Finding]:
    """Every row in its order; raises SettingsError for certificates that can't be used.

    `wanted` is the settings' version of MQTT; where it is not spoken, the other one is used for the rest.
    """
    whys = {version: why_refused(guests.speaking(version).first) for version in _VERSIONS.values()}
    used = next((version for version in (wanted, *whys) if not whys[version]), wanted)
    guests = guests.speaking(used)
    refused = [
        f"{guest.name}: {why}"
        for guest in (guests.first, guests.second, guests.centre)
        if (why := why_refused(guest))
    ]
    yield judgement.let_in(refused)
    for row, version in _VERSIONS.items():
        why = whys[version]
        if all(whys.values()):
            yield judgement.untried(row)
        else:
            yield judgement.version(row, spoken=not why, wanted=version == wanted, why=why)
    stage = Stage(guests)
    leads_nowhere = bool(refused)
    try:
        for row, trial in TRIALS.items():
            finding = judgement.untried(row) if leads_nowhere else _tried(row, trial, stage)
            # Where nothing arrives, all that follows would wait for it in vain.
            leads_nowhere |= row is Row.DELIVERY and finding.mark is not Mark.HOLDS
            yield finding
    finally:
        if not refused:
            stage.clean_up()


def _tried(row: Row, trial: Callable[[Stage], Finding], stage: Stage) -> Finding:
    try:
        return trial(stage)
    except NotTriedError as why:
        return judgement.untried(row, str(why))
