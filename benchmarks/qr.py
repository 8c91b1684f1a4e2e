"""How well and how cheaply codes are read, against zxing-cpp alone on the same pictures in the same run.

    python benchmarks/qr.py [FOLDER] [--badges N]

FOLDER holds photographs with a manifest.csv; without it the selection of tests/vectors/qr is taken. CPU time
is that of this process, and both readers take turns picture by picture: ratios hold on a busy machine. What
is read of a kind is counted by its first picture in which the badge was read that is held up.
"""

import argparse
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np

from drivers.camera.grey import Grey
from drivers.camera.qr import LiveReader
from drivers.camera.verify import BASELINE, available_decoders, compare, load, report
from drivers.simulated.entrance_frames import Hardship, entrance_frames
from drivers.simulated.hard_frames import Condition, hard_frames
from drivers.simulated.scene import Scene

_SELECTION = Path(__file__).parent.parent / "tests" / "vectors" / "qr"
_FRAMES = 8
_LIVE_FRAMES = 10
_POSTER = "https://example.org/wifi"
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_LENGTHS = (12, 24, 40, 60, 90, 117)
_LONGEST = 5  # of them: a signed badge
_SEED = 500
_BY_PICTURE = (1, 2, 4, 8, _LIVE_FRAMES)
_TARGETS = (
    "targets: photographs 88 % read, 0 wrong, at 7 times; dim phone, dark room, backlight, dark-mode phone, "
    "one side cut 80 % by picture 10;\nbefore a poster or a lanyard 60 % where it alone has 60 %; "
    "moving scenes without a code 8 times, at rest 1.1"
)

_alone = available_decoders()[BASELINE]


def main() -> None:
    """Print five measurements."""
    arguments = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    arguments.add_argument("folder", nargs="?", type=Path, default=_SELECTION)
    arguments.add_argument("--badges", type=int, default=12, help="badges per hard condition (12)")
    chosen = arguments.parse_args()
    print("PHOTOGRAPHS", *report(compare(load(chosen.folder), available_decoders())), sep="\n")
    print(f"\nHARD FRAMES: % of {chosen.badges} badges read by frame 1 / 2 / 4 / 8")
    _print_hard_frames(chosen.badges)
    print(f"\nENTRANCES: % of {chosen.badges} badges read by picture 1 / 2 / 4 / 8 / 10, and of all pictures")
    for hardship in Hardship:
        print(_entrance_line(hardship, chosen.badges))
    print("\nFRAMES WITHOUT A CODE, CPU time of a live reader")
    pictures = [photograph.grey for photograph in load(chosen.folder) if not photograph.expected]
    _print_ratio("photographs that move", (_drifting(picture, _FRAMES) for picture in pictures))
    _print_ratio("a person who moves", (_swaying(seed) for seed in range(4)))
    _print_ratio("a scene at rest", (_at_rest(seed) for seed in range(4)), settled_after=10)
    print(f"\n{_TARGETS}")


def _print_hard_frames(badges: int) -> None:
    alone_ns = live_ns = frames = 0
    every_alone: list[int] = []
    every_live: list[int] = []
    for condition in Condition:
        by_alone, by_live = [], []
        for badge in range(badges):
            payload = _payload(badge)
            series = list(hard_frames(payload, condition, seed=badge, frames=_FRAMES))
            alone, live, times = _read_series(series, payload)
            by_alone.append(alone)
            by_live.append(live)
            alone_ns, live_ns, frames = alone_ns + times[0], live_ns + times[1], frames + len(series)
        print(f"{condition:28} {BASELINE} {_shares(by_alone)}   muster {_shares(by_live)}")
        every_alone += by_alone
        every_live += by_live
    print(f"{'all':28} {BASELINE} {_shares(every_alone)}   muster {_shares(every_live)}")
    print(
        f"CPU ms per frame: {BASELINE} {alone_ns / frames / 1e6:.1f}, muster {live_ns / frames / 1e6:.1f}, "
        f"ratio {live_ns / alone_ns:.1f}"
    )


def _read_series(series: Sequence[Grey], payload: str) -> tuple[int, int, tuple[int, int]]:
    """The first frame that each reader read, counted from 1 (99: none), and the CPU time of each."""
    reader = LiveReader()
    read_alone = read_live = 99
    alone_ns = live_ns = 0
    for number, frame in enumerate(series, start=1):
        texts, took = _timed(_alone, frame)
        alone_ns += took
        read_alone = min(read_alone, number) if payload in texts else read_alone
        texts, took = _timed(reader.read, frame)
        live_ns += took
        read_live = min(read_live, number) if payload in texts else read_live
        if set(texts) - {payload}:
            print("WRONG TEXT", texts)
    return read_alone, read_live, (alone_ns, live_ns)


def _entrance_line(hardship: Hardship, badges: int) -> str:
    """One kind, by zxing-cpp alone and by the live reader; what is behind counts for nothing."""
    by_alone, by_live = [], []
    read = live_ns = 0
    for badge in range(badges):
        payload, other = _payload(_LONGEST + badge * len(_LENGTHS)), _payload(1 + badge)
        behind = _POSTER if hardship is Hardship.BEFORE_POSTER else other
        reader, alone, live = LiveReader(), [], []
        for frame in entrance_frames(
            payload, hardship, seed=_SEED + badge, frames=_LIVE_FRAMES, behind=behind
        ):
            alone.append(payload in _timed(_alone, frame)[0])
            texts, took = _timed(reader.read, frame)
            live_ns += took
            live.append(payload in texts)
            if set(texts) - {payload, behind}:
                print("WRONG TEXT", texts)
        read += sum(live)
        by_alone.append(_first(alone))
        by_live.append(_first(live))
    pictures = badges * _LIVE_FRAMES
    return (
        f"{hardship:32} {BASELINE} {_shares(by_alone, _BY_PICTURE)}   muster {_shares(by_live, _BY_PICTURE)}"
        f"   {100 * read / pictures:3.0f} % of pictures, {live_ns / pictures / 1e6:4.1f} ms"
    )


def _first(read: Sequence[bool]) -> int:
    """The first picture that was read, counted from 1 (99: none)."""
    return read.index(True) + 1 if True in read else 99


def _print_ratio(name: str, series: Iterable[Iterable[Grey]], settled_after: int = 0) -> None:
    alone_ns = live_ns = 0
    for frames in series:
        reader = LiveReader()
        for number, frame in enumerate(frames):
            _, alone = _timed(_alone, frame)
            texts, live = _timed(reader.read, frame)
            if texts:
                print("WRONG TEXT", texts)
            if number >= settled_after:
                alone_ns, live_ns = alone_ns + alone, live_ns + live
    print(f"{name:28} {live_ns / max(alone_ns, 1):.2f} times {BASELINE}")


def _timed(read: Callable[[Grey], Sequence[str]], frame: Grey) -> tuple[Sequence[str], int]:
    started = time.process_time_ns()
    texts = read(frame)
    return texts, time.process_time_ns() - started


def _shares(first_read: Sequence[int], by_picture: Sequence[int] = (1, 2, 4, 8)) -> str:
    return " / ".join(
        f"{100 * sum(number <= pictures for number in first_read) / len(first_read):3.0f}"
        for pictures in by_picture
    )


def _payload(badge: int) -> str:
    letters = np.random.default_rng(badge).integers(0, len(_ALPHABET), _LENGTHS[badge % len(_LENGTHS)] - 4)
    return "MB1:" + "".join(_ALPHABET[letter] for letter in letters)


def _drifting(picture: Grey, frames: int) -> Iterator[Grey]:
    """The picture at 1280 × 720, moved by some pixels from frame to frame."""
    large = np.asarray(cv2.resize(picture, (1280, 720), interpolation=cv2.INTER_LINEAR), dtype=np.uint8)
    for number in range(frames):
        yield np.roll(large, 9 * number, axis=1)


def _swaying(seed: int) -> Iterator[Grey]:
    scene = Scene(seed)
    for number in range(16):
        yield _grey(scene.idle(float(np.sin(number))))


def _at_rest(seed: int) -> Iterator[Grey]:
    scene = Scene(seed)
    for _ in range(30):
        yield _grey(scene.idle())


def _grey(frame: Grey) -> Grey:
    return np.asarray(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY), dtype=np.uint8)


if __name__ == "__main__":
    main()
