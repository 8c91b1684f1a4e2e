"""What the engine lends the staff's view of a technician's tools: the doctor, and words for a reading."""

from collections.abc import Callable

from drivers.reading import Presented, Reading
from foundation.clock import Clock
from foundation.words import Words
from kiosk.checkin.device_trial import DeviceTrials
from kiosk.checkup.engine import EngineSeen
from kiosk.local_api.messages import Snapshot
from kiosk.local_api.replies import Checked
from kiosk.roster.index import RosterIndex
from kiosk.settings import KioskFiles
from kiosk.setup.examination import examine
from kiosk.setup.scan import describe
from kiosk.staff.upkeep import MachineUpkeep


def upkeep_of(
    files: KioskFiles,
    clock: Clock,
    trials: DeviceTrials,
    *,
    snapshot: Callable[[], Snapshot],
    known: Callable[[], tuple[RosterIndex, bytes]],
    tell_tried: Callable[[str], None],
) -> MachineUpkeep:
    """For one engine; `known` are the roster and the key that hold right now. A modem is not tried."""
    names = [one.name for one in files.settings.devices if Presented.SMS not in one.presents]

    def described(reading: Reading, language: str) -> str:
        roster, key = known()
        return describe(reading, roster, Words(language), key)

    return MachineUpkeep(
        files,
        clock,
        trials=trials,
        devices=lambda: names,
        describe=described,
        examine=lambda: checked(files, snapshot()),
        tell_tried=tell_tried,
    )


def checked(files: KioskFiles, snapshot: Snapshot) -> list[Checked]:
    """How the terminal is judged by its engine, which knows itself and reaches no network."""
    examined = examine(files, files.settings_file, own=EngineSeen(snapshot.status, snapshot=snapshot))
    return [
        Checked(one.subject, one.mark, one.said, [finding.trouble for finding in one.findings])
        for one in examined.checks
    ]
