"""Whether the broker is reached, and lets this terminal in."""

from dataclasses import dataclass

from foundation.errors import SettingsError
from foundation.trouble import Trouble
from kiosk.checkup.check import Check, Finding, Mark, Said, Subject, broken, found, good, unjudged
from kiosk.local_api.messages import LinkReport
from kiosk.settings import KioskFiles
from kiosk.troubles import CheckTrouble
from sync.line.broker_trial import BrokerTrial, Obstacle, try_broker
from sync.line.troubles import LineTrouble


@dataclass(frozen=True, slots=True)
class BrokerSeen:
    """How a real connection went; None where the certificates are of no use for one.

    `troubles` are what the uplink itself has, while it is `connected`.
    """

    host: str
    port: int
    authority: str
    trial: BrokerTrial | None
    connected: bool = False
    troubles: tuple[Trouble, ...] = ()

    @property
    def address(self) -> str:
        """For people."""
        return f"{self.host}:{self.port}"


def look_at_broker(files: KioskFiles, link: LinkReport | None, *, may_connect: bool = True) -> BrokerSeen:
    """Connect as this terminal; where the uplink is connected, by TLS alone, because it would be ended.

    The engine has no network, and so goes by the uplink's word alone.
    """
    settings = files.broker()
    connected = link is not None and link.connected
    troubles = tuple(link.troubles) if link and (connected or not may_connect) else ()
    if not may_connect:
        node = settings.nodes()[0]
        return BrokerSeen(node.host, node.port, node.ca_file, None, connected, troubles)
    for node in settings.nodes():  # the first one that is well, else the last
        try:
            trial = try_broker(node, files.settings.terminal, greet=not connected)
        except SettingsError:
            trial = None  # said better of the certificate
        if trial is None or not trial.obstacle:
            break
    return BrokerSeen(node.host, node.port, node.ca_file, trial, connected, troubles)


def judge_broker(seen: BrokerSeen) -> Check:
    """Pure."""
    findings = [Finding(Mark.LOOK, trouble) for trouble in seen.troubles]
    if seen.trial and seen.trial.obstacle:
        findings.insert(0, _wrong(seen, seen.trial.obstacle, seen.trial.why))
    if findings:
        return found(Subject.BROKER, *findings)
    if seen.trial is None and not seen.connected:
        return unjudged(Subject.BROKER, Said.NOT_JUDGED)
    let_in = Said.BROKER_GOOD if seen.authority else Said.BROKER_UNENCRYPTED
    return good(Subject.BROKER, Said.BROKER_CONNECTED if seen.connected else let_in, broker=seen.address)


def _wrong(seen: BrokerSeen, obstacle: Obstacle, why: str) -> Finding:
    broker = seen.address
    match obstacle:
        case Obstacle.NAME_UNKNOWN:
            return broken(CheckTrouble.BROKER_NAME_UNKNOWN, host=seen.host, why=why)
        case Obstacle.NOBODY:
            return broken(LineTrouble.BROKER_UNREACHABLE, broker=broker, why=why)
        case Obstacle.NO_TLS:
            return broken(CheckTrouble.BROKER_WITHOUT_TLS, broker=broker, why=why)
        case Obstacle.OTHER_AUTHORITY:
            return broken(CheckTrouble.BROKER_OF_OTHER_AUTHORITY, broker=broker, path=seen.authority)
        case Obstacle.OTHER_HOST:
            return broken(CheckTrouble.BROKER_OF_OTHER_NAME, broker=broker, host=seen.host)
        case Obstacle.CERTIFICATE_WRONG:
            return broken(CheckTrouble.BROKER_CERTIFICATE_WRONG, broker=broker, why=why)
        case Obstacle.CERTIFICATE_REFUSED:
            return broken(CheckTrouble.BROKER_REFUSES_CERTIFICATE, broker=broker, why=why)
        case Obstacle.REFUSED:
            return broken(LineTrouble.BROKER_REFUSES, broker=broker, why=why)
        case Obstacle.SILENT:
            return broken(CheckTrouble.BROKER_SILENT, broker=broker)
