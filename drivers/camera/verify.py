"""`muster qr verify FOLDER`: how many codes of a folder of photographs are read, and at what cost.

The folder holds a manifest.csv with the columns `file`, `category` and `expected`, a JSON list of the texts
that the photograph holds (`[]`: no code). Other decoders run side by side on the same pictures, in turn
picture by picture, so that the ratios hold on a busy machine too. Bytes that declare no text are right where
they are an expected text in one of the encodings that codes are made in.
"""

import csv
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import click
import cv2
import msgspec
import numpy as np
import zxingcpp

from drivers.camera.found import Codes
from drivers.camera.grey import Grey, grey_file, shrunk
from drivers.camera.qr import LiveReader, find_in_photo
from drivers.troubles import DeviceTrouble
from foundation.code_text import BYTES_PREFIX, undeclared
from foundation.errors import SettingsError
from foundation.text_files import NotEncodedError, decoded

Decoder = Callable[[Grey], Sequence[str]]

STREAM_PICTURES = 10
BY_PICTURE = (1, 2, 4, 8, STREAM_PICTURES)

_UNDECLARED = ("shift_jis", "gb18030", "big5", "euc_kr", "iso8859-1", "cp1251", "cp1256")
"""Encodings in which codes are made without saying so."""

OURS = "muster"
BASELINE = "zxing-cpp alone"


@dataclass(frozen=True, slots=True)
class Photograph:
    """One picture of the manifest with the texts that it holds."""

    file: str
    category: str
    expected: frozenset[str]
    grey: Grey


class Outcome(StrEnum):
    """What a decoder made of a photograph."""

    RIGHT = "right"  # an expected text and no other
    WRONG = "wrong"  # a text that the photograph does not hold
    UNREAD = "unread"  # nothing, though there is a code
    EMPTY = "empty"  # nothing, and rightly


@dataclass(frozen=True, slots=True)
class Result:
    """One decoder's result on one photograph, and the CPU time of this process that it took."""

    decoder: str
    category: str
    holds_code: bool
    outcome: Outcome
    cpu_ns: int
    file: str = ""
    read: frozenset[str] = frozenset()
    expected: frozenset[str] = frozenset()


def main(folder: Path) -> int:
    """Print the comparison; answers 1 when our reader read a wrong text, else 0.

    Raises SettingsError when the manifest or a picture is missing or can't be read.
    """
    results = compare(load(folder), available_decoders())
    for line in report(results):
        click.echo(line)
    ours = of_decoder(results, OURS)
    return 1 if any(result.outcome is Outcome.WRONG for result in ours) else 0


def main_of_stream(folder: Path) -> int:
    """Print by which picture of a stream the live reader read each photograph; answers as `main`.

    Raises SettingsError as `main`.
    """
    streamed = [(photograph, read_as_stream(photograph.grey)) for photograph in load(folder)]
    for line in report_stream(streamed):
        click.echo(line)
    wrong = (_wrong_texts(photograph.expected, _all_of(pictures)) for photograph, pictures in streamed)
    return 1 if any(wrong) else 0


def read_as_stream(grey: Grey, pictures: int = STREAM_PICTURES) -> list[frozenset[str]]:
    """What the live reader reads in each picture, the photograph being moved by some pixels every time."""
    reader = LiveReader()
    return [
        frozenset(_said(reader.look(np.roll(grey, (number, 2 * number), axis=(0, 1)))))
        for number in range(pictures)
    ]


def load(folder: Path) -> Iterator[Photograph]:
    """The photographs of the manifest, at most 1280 pixels on their longest side."""
    manifest = folder / "manifest.csv"
    try:
        rows = list(csv.DictReader(decoded(manifest.read_bytes()).splitlines()))
    except (OSError, NotEncodedError, csv.Error) as error:
        raise SettingsError(DeviceTrouble.PHOTOGRAPHS_NOT_LISTED, path=manifest, why=error) from error
    if not rows:
        raise SettingsError(DeviceTrouble.PHOTOGRAPHS_NONE, path=manifest)
    for line, row in enumerate(rows, start=2):
        yield _photograph(folder, row, line)


def available_decoders() -> dict[str, Decoder]:
    """Our reader and its peers, each alone and as its authors ship it, by name."""
    decoders: dict[str, Decoder] = {OURS: _ours, BASELINE: _zxing_alone, "OpenCV alone": _opencv_alone()}
    try:
        from pyzbar import pyzbar  # noqa: PLC0415 - importing it loads a shared library, which may be absent
    except ImportError:
        return decoders
    symbols = [pyzbar.ZBarSymbol.QRCODE]
    return decoders | {
        "pyzbar alone": lambda grey: [
            found.data.decode("utf-8", errors="replace") for found in pyzbar.decode(grey, symbols)
        ]
    }


def compare(photographs: Iterable[Photograph], decoders: dict[str, Decoder]) -> list[Result]:
    """Every decoder on every photograph; the decoders take turns, so that each meets the same machine."""
    results = []
    for photograph in photographs:
        for name, decoder in decoders.items():
            started = time.process_time_ns()
            texts = decoder(photograph.grey)
            cpu_ns = time.process_time_ns() - started
            read, expected = frozenset(texts), photograph.expected
            outcome = _outcome(expected, read)
            results.append(
                Result(
                    name,
                    photograph.category,
                    bool(expected),
                    outcome,
                    cpu_ns,
                    photograph.file,
                    read,
                    expected,
                )
            )
    return results


def of_decoder(results: Iterable[Result], decoder: str) -> list[Result]:
    """The results of one decoder."""
    return [result for result in results if result.decoder == decoder]


def ratio(results: Iterable[Result], decoder: str) -> float:
    """How many times the baseline's CPU time a decoder took for the same photographs."""
    results = list(results)
    ours, baseline = (
        sum(result.cpu_ns for result in of_decoder(results, name)) for name in (decoder, BASELINE)
    )
    return ours / max(baseline, 1)


def report(results: Sequence[Result]) -> Iterator[str]:
    """The lines for a person: all decoders, then the shares read by category, then one plain sentence."""
    decoders = list(dict.fromkeys(result.decoder for result in results))
    counted = f"{'decoder':18}{'right':>6}{'wrong':>6}{'unread':>7}{'read %':>8}"
    yield f"{counted}   CPU ms: median   p95   mean  ratio"
    for decoder in decoders:
        yield _decoder_line(of_decoder(results, decoder), ratio(results, decoder))
    yield ""
    yield f"{'right %, by category':24}{'n':>5}" + "".join(f"{decoder:>18}" for decoder in decoders)
    for category in sorted({result.category for result in results}):
        yield _category_line(
            category, [result for result in results if result.category == category], decoders
        )
    yield ""
    ours = of_decoder(results, OURS)
    yield from _named(ours)
    counts = Counter(result.outcome for result in ours)
    yield (
        f"{counts[Outcome.RIGHT]} of {sum(result.holds_code for result in ours)} photographs read, "
        f"{counts[Outcome.WRONG]} wrong, at {ratio(results, OURS):.1f} times the CPU time of {BASELINE}."
    )


def report_stream(streamed: Sequence[tuple[Photograph, Sequence[frozenset[str]]]]) -> Iterator[str]:
    """The share of photographs read by each picture, those unread or wrong by name, and the sum of it."""
    holding = [(photograph, pictures) for photograph, pictures in streamed if photograph.expected]
    for number in BY_PICTURE:
        read = sum(
            _outcome(photograph.expected, _all_of(pictures[:number])) is Outcome.RIGHT
            for photograph, pictures in holding
        )
        yield f"read by picture {number:2}: {100 * read / max(1, len(holding)):5.1f} %"
    results = [
        Result(
            OURS,
            photograph.category,
            bool(photograph.expected),
            _outcome(photograph.expected, _all_of(pictures)),
            0,
            photograph.file,
            _all_of(pictures),
            photograph.expected,
        )
        for photograph, pictures in streamed
    ]
    yield ""
    yield from _named(results)
    counts = Counter(result.outcome for result in results)
    yield (
        f"{counts[Outcome.RIGHT]} of {len(holding)} photographs read within {STREAM_PICTURES} pictures, "
        f"{counts[Outcome.WRONG]} wrong."
    )


def _named(results: Iterable[Result]) -> Iterator[str]:
    """A line for each photograph that is wrong or unread: the file, what was read, what is right."""
    named = [result for result in results if result.outcome in {Outcome.WRONG, Outcome.UNREAD}]
    for result in named:
        read, expected = (_listed(texts) for texts in (result.read, result.expected))
        yield f"{result.outcome}: {result.file}: read {read}, expected {expected}"
    if named:
        yield ""


def _listed(texts: Iterable[str]) -> str:
    return msgspec.json.encode(sorted(texts)).decode("utf-8")


def _decoder_line(results: Sequence[Result], times_baseline: float) -> str:
    counts = Counter(result.outcome for result in results)
    read = 100 * counts[Outcome.RIGHT] / max(1, sum(result.holds_code for result in results))
    milliseconds = [result.cpu_ns / 1e6 for result in results]
    median, mean = statistics.median(milliseconds), statistics.fmean(milliseconds)
    worst = sorted(milliseconds)[int(0.95 * (len(milliseconds) - 1))]
    return (
        f"{results[0].decoder:18}{counts[Outcome.RIGHT]:6}{counts[Outcome.WRONG]:6}{counts[Outcome.UNREAD]:7}"
        f"{read:8.1f}{median:17.1f}{worst:6.1f}{mean:7.1f}{times_baseline:7.1f}"
    )


def _category_line(category: str, results: Sequence[Result], decoders: Sequence[str]) -> str:
    """One category; a picture without a code counts as right when nothing was read."""
    shares = []
    for decoder in decoders:
        well = [each.outcome in {Outcome.RIGHT, Outcome.EMPTY} for each in of_decoder(results, decoder)]
        shares.append(f"{100 * sum(well) / len(well):18.0f}")
    return f"{category:24}{len(results) // len(decoders):5}" + "".join(shares)


def _photograph(folder: Path, row: dict[str, str], line: int) -> Photograph:
    try:
        expected = msgspec.json.decode(row["expected"], type=frozenset[str])
        file, category = row["file"], row["category"]
    except (KeyError, TypeError, msgspec.DecodeError) as error:
        raise SettingsError(
            DeviceTrouble.PHOTOGRAPHS_LINE_WRONG, line=line, path=folder / "manifest.csv", why=error
        ) from error
    grey = grey_file(folder / file)
    if grey is None:
        raise SettingsError(DeviceTrouble.PHOTOGRAPH_MISSING, path=folder / file, line=line)
    return Photograph(file, category, expected, shrunk(grey))


def _outcome(expected: frozenset[str], read: frozenset[str]) -> Outcome:
    if _wrong_texts(expected, read):
        return Outcome.WRONG
    if read:
        return Outcome.RIGHT
    return Outcome.UNREAD if expected else Outcome.EMPTY


def _wrong_texts(expected: frozenset[str], read: frozenset[str]) -> list[str]:
    """What was read and is no text of the photograph, as a text or as its bytes.

    Bytes beside what is expected are those of another code in view, which nobody could write down as a text.
    """
    as_bytes = {
        undeclared(encoded)
        for text in expected
        for encoding in _UNDECLARED
        if (encoded := _encoded(text, encoding)) is not None
    }
    others = read - expected - as_bytes
    if others != read:
        others = frozenset(text for text in others if not text.startswith(BYTES_PREFIX))
    return sorted(others)


def _encoded(text: str, encoding: str) -> bytes | None:
    try:
        return text.encode(encoding)
    except UnicodeEncodeError:
        return None


def _all_of(pictures: Iterable[frozenset[str]]) -> frozenset[str]:
    return frozenset().union(*pictures)


def _ours(grey: Grey) -> list[str]:
    return _said(find_in_photo(grey))


def _said(codes: Codes) -> list[str]:
    return [code.content.text for code in codes.found]


def _zxing_alone(grey: Grey) -> list[str]:
    found = zxingcpp.read_barcodes(
        grey,
        formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCodeModel2),
        text_mode=zxingcpp.TextMode.Plain,
    )
    return [code.text for code in found]


def _opencv_alone() -> Decoder:
    detector = cv2.QRCodeDetectorAruco()  # the better of OpenCV's two

    def read(grey: Grey) -> list[str]:
        try:
            _, texts, _, _ = detector.detectAndDecodeMulti(grey)
        except (cv2.error, UnicodeDecodeError):
            return []
        return [text for text in texts if text]

    return read
