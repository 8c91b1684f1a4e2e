"""What staff do about the machine from the monitor: try a device, have it examined, carry the log away.

It is done on the client's own thread: no reading waits for it.
"""

from collections.abc import Callable, Collection

import structlog

from drivers.reading import Reading
from foundation.clock import Clock
from kiosk.checkin.device_trial import DeviceTrials
from kiosk.local_api.codes import DenialCode
from kiosk.local_api.replies import Checked, Checkup, DeviceTried, Result, Sticks
from kiosk.local_api.requests import Examine, ExportLog, ListSticks, TryDevice, UpkeepRequest
from kiosk.settings import KioskFiles
from kiosk.staff.log_on_stick import FindSticks, export_to, sticks
from kiosk.staff.sessions import Asker

Describe = Callable[[Reading, str], str]
"""What was presented, in a language, without anything that would admit or identify somebody."""

_logger = structlog.get_logger()


class MachineUpkeep:
    """Answers such requests for one terminal; `tell_tried` lets people know that nothing was recorded."""

    def __init__(
        self,
        files: KioskFiles,
        clock: Clock,
        *,
        trials: DeviceTrials,
        devices: Callable[[], Collection[str]],
        describe: Describe,
        examine: Callable[[], list[Checked]],
        tell_tried: Callable[[str], None],
        find_sticks: FindSticks = sticks,
    ) -> None:
        self._files = files
        self._clock = clock
        self._trials = trials
        self._devices = devices
        self._describe = describe
        self._examine = examine
        self._tell_tried = tell_tried
        self._find_sticks = find_sticks

    def take(self, request: UpkeepRequest, asker: Asker, staff: str) -> None:
        """Answer, at once or, where a device is tried, when it read something."""
        match request:
            case TryDevice():
                self._try(request, asker)
            case Examine():
                asker.tell(Checkup(request.request, self._examine()))
            case ListSticks():
                asker.tell(Sticks(request.request, self._find_sticks()))
            case ExportLog():
                self._export(request, asker, staff)

    def _try(self, request: TryDevice, asker: Asker) -> None:
        if request.device not in self._devices():
            asker.tell(_denied(request, DenialCode.NO_SUCH_DEVICE))
            return

        def take(reading: Reading | None) -> None:
            text = self._describe(reading, request.language) if reading else ""
            self._tell_tried(request.device)
            asker.tell(DeviceTried(request.request, request.device, text))

        def missed() -> None:
            asker.tell(_denied(request, DenialCode.NOTHING_READ))

        self._trials.begin(request.device, self._clock.mono_ms(), take, missed)

    def _export(self, request: ExportLog, asker: Asker, staff: str) -> None:
        # Nothing but a stick that is there now: no request writes anywhere else.
        stick = next((one for one in self._find_sticks() if one.folder == request.folder), None)
        if stick is None:
            asker.tell(_denied(request, DenialCode.NO_SUCH_STICK))
            return
        exported = export_to(stick, request.request, self._files, self._clock)
        _logger.info("log_exported", file=exported.file, by=staff, trouble=exported.trouble)
        asker.tell(exported)


def _denied(request: UpkeepRequest, code: DenialCode) -> Result:
    return Result(request.request, ok=False, code=code)
