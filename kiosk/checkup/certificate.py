"""Whether the terminal can prove itself at the broker: its certificate, the key to it, and the authority."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature

from foundation.errors import SettingsError
from foundation.trouble import Trouble
from kiosk.checkup.check import Check, Finding, Mark, Said, Subject, broken, found, good, to_look_at, unjudged
from kiosk.checkup.files import FileSeen, account, judge_file, look_at_file
from kiosk.settings import KioskFiles
from kiosk.troubles import CheckTrouble
from sync.line.authority_key import open_key
from sync.line.certificate_authority import common_name_of, read_certificate


@dataclass(frozen=True, slots=True)
class Paper:
    """What a certificate says, and whether it belongs to the key and the authority beside it.

    `fits_key` and `by_authority` are None where the other file can't be read.
    """

    name: str
    begins: dt.datetime
    ends: dt.datetime
    fits_key: bool | None = True
    by_authority: bool | None = True


@dataclass(frozen=True, slots=True)
class CertificateSeen:
    """The files under [broker]; without `files` the line is not encrypted."""

    user: str
    terminal: str
    now: dt.datetime
    warn_days: int
    files: tuple[FileSeen, ...] = ()
    key: str = ""
    paper: Paper | None = None
    unusable: tuple[Trouble, ...] = ()


def look_at_certificate(files: KioskFiles) -> CertificateSeen:
    """Read the certificates; of the key only whether it is the right one."""
    settings, broker = files.settings, files.broker()
    named = {name: getattr(broker, name) for name in ("ca_file", "certificate_file", "key_file")}
    seen = {name: look_at_file(Path(path), name) for name, path in named.items() if path}
    unusable: list[Trouble] = []

    def read(name: str) -> x509.Certificate | None:
        if name not in seen or not seen[name].readable:
            return None
        try:
            return read_certificate(Path(named[name]))
        except SettingsError as error:
            unusable.append(error.trouble)
            return None

    certificate, authority = read("certificate_file"), read("ca_file")
    paper = None
    if certificate:
        paper = Paper(
            common_name_of(certificate),
            certificate.not_valid_before_utc,
            certificate.not_valid_after_utc,
            _fits(certificate, seen.get("key_file"), unusable),
            _is_by(certificate, authority) if authority else None,
        )
    return CertificateSeen(
        user=account(),
        terminal=settings.terminal,
        now=dt.datetime.now(dt.UTC),  # the machine's own, as TLS goes by it
        warn_days=settings.certificate_warning_days,
        files=tuple(seen.values()) if "ca_file" in seen else (),
        key=named["key_file"],
        paper=paper,
        unusable=tuple(unusable),
    )


def judge_certificate(seen: CertificateSeen) -> Check:
    """Pure; days are whole days that are left."""
    if not seen.files:
        return found(Subject.CERTIFICATE, to_look_at(CheckTrouble.LINE_NOT_ENCRYPTED))
    findings = [
        *(one for file in seen.files for one in judge_file(file, seen.user, secret=file.path == seen.key)),
        *(Finding(Mark.BROKEN, trouble) for trouble in seen.unusable),
        *(_wrong(seen, seen.paper) if seen.paper else ()),
    ]
    if findings:
        return found(Subject.CERTIFICATE, *findings)
    if seen.paper is None:
        return unjudged(Subject.CERTIFICATE, Said.NOT_JUDGED)
    return good(
        Subject.CERTIFICATE,
        Said.CERTIFICATE_GOOD,
        name=seen.paper.name,
        count=(seen.paper.ends - seen.now).days,
    )


def _wrong(seen: CertificateSeen, paper: Paper) -> Iterator[Finding]:
    if paper.name != seen.terminal:
        yield broken(CheckTrouble.CERTIFICATE_OF_OTHER, name=paper.name, terminal=seen.terminal)
    if paper.fits_key is False:
        yield broken(CheckTrouble.CERTIFICATE_WITHOUT_KEY, path=seen.key)
    if paper.by_authority is False:
        yield broken(CheckTrouble.CERTIFICATE_BY_OTHER)
    if seen.now < paper.begins:
        yield broken(CheckTrouble.CERTIFICATE_NOT_BEGUN, day=_day(paper.begins), now=_day(seen.now))
    elif seen.now >= paper.ends:
        yield broken(CheckTrouble.CERTIFICATE_OVER, day=_day(paper.ends))
    elif (paper.ends - seen.now).days <= seen.warn_days:
        yield to_look_at(CheckTrouble.CERTIFICATE_NEAR_END, count=(paper.ends - seen.now).days)


def _fits(certificate: x509.Certificate, key: FileSeen | None, unusable: list[Trouble]) -> bool | None:
    if key is None or not key.readable:
        return None
    try:
        return open_key(key.path).public_key() == certificate.public_key()
    except SettingsError as error:
        unusable.append(error.trouble)
        return None


def _is_by(certificate: x509.Certificate, authority: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(authority)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _day(moment: dt.datetime) -> str:
    return moment.date().isoformat()
