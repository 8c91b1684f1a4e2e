"""Who comes to a broker that is checked: with certificates of an hour, by names that nobody bears."""

import datetime as dt
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec
from cryptography import x509

from settlement.authority.certificates import open_authority, put_on_record
from settlement.settings import CentreSettings
from sync.conformance.address import Address
from sync.conformance.stage import Guests
from sync.conformance.visitor import Guest
from sync.line.authority_key import private_pem
from sync.line.broker import BrokerSettings
from sync.line.certificate_authority import CertificateAuthority, CertificateKind
from sync.line.certificate_request import make_key

_LIFETIME = dt.timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class GuestNames:
    """By which names the check comes: a broker may know its users one by one."""

    centre: str
    first: str
    second: str


@contextmanager
def guests_of(
    settings: CentreSettings, names: GuestNames, centre_at: Address, terminals_at: Address
) -> Iterator[Guests]:
    """The guests, whose keys are gone afterwards; raises SettingsError where no certificate can be issued."""
    authority = open_authority(settings)
    stranger = CertificateAuthority.make("nobody", make_key(), _LIFETIME)
    with tempfile.TemporaryDirectory(prefix="muster-") as folder:
        place = Path(folder)
        (place / "authority.pem").write_bytes(authority.pem)
        at_centre, at_terminals = (
            _reached(settings, place, centre_at),
            _reached(settings, place, terminals_at),
        )
        yield Guests(
            _guest(place, authority, names.centre, at_centre),
            _guest(place, authority, names.first, at_terminals),
            _guest(place, authority, names.second, at_terminals),
            Guest(names.first, at_terminals),
            _guest(place, stranger, names.first, at_terminals, file="stranger", on_record=False),
        )


def _reached(settings: CentreSettings, place: Path, address: Address) -> BrokerSettings:
    return BrokerSettings(
        host=address.host,
        port=address.port,
        ca_file=str(place / "authority.pem"),
        mqtt_version=settings.broker.mqtt_version,
    )


def _guest(
    place: Path,
    authority: CertificateAuthority,
    name: str,
    reached: BrokerSettings,
    *,
    file: str = "",
    on_record: bool = True,
) -> Guest:
    key = make_key()
    pem = authority.issue_for(key.public_key(), name, CertificateKind.LISTENER, _LIFETIME)
    if on_record:
        put_on_record(x509.load_pem_x509_certificate(pem), CertificateKind.LISTENER)
    certificate_file, key_file = place / f"{file or name}.pem", place / f"{file or name}.key"
    certificate_file.write_bytes(pem)
    key_file.touch(mode=0o600)
    key_file.write_bytes(private_pem(key))
    shown = msgspec.structs.replace(reached, certificate_file=str(certificate_file), key_file=str(key_file))
    return Guest(name, shown)
