"""`python -m tests.boot`: boot a centre and a terminal from nothing, and perform the handbook; as root."""

import argparse
import subprocess
import sys
import tempfile
import traceback
from pathlib import Path

from tests.boot import display
from tests.boot.afterwards import afterwards
from tests.boot.earlier import upgrade
from tests.boot.machine import Machine
from tests.boot.network import namespace_of, network
from tests.boot.play import HOSTS, SERVICES, Play
from tests.boot.removal import remove
from tests.boot.roots import (
    SUITES,
    build_packages,
    build_wheel,
    make_root,
    store_dependencies,
    what_is_missing,
)


def main() -> int:
    """Play it for every release that is asked for; 0 when all of it was good."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--folder", type=Path, default=Path("var/boot"), help="Where roots and packages are kept."
    )
    parser.add_argument("--short", action="store_true", help="Only up to the certificate of the first day.")
    parser.add_argument(
        "--keep", action="store_true", help="Leave the machines running until Enter is typed."
    )
    parser.add_argument(
        "--where-possible", action="store_true", help="Be content where this machine can't boot others."
    )
    parser.add_argument("suite", nargs="*", default=list(SUITES), help="Debian's names of its releases.")
    told = parser.parse_args()
    folder: Path = told.folder.absolute()
    folder.mkdir(parents=True, exist_ok=True)
    if told.where_possible and (obstacle := _obstacle(told.suite[0], folder)):
        print(f"Nothing was booted: {obstacle}.")
        return 0
    wheel = build_wheel(folder / "wheel")
    results = [_play(suite, folder, wheel, short=told.short, keep=told.keep) for suite in told.suite]
    return 0 if all(results) else 1


def _obstacle(suite: str, folder: Path) -> str:
    """Why no machine can be booted here, whatever Muster does; "" where one can."""
    if missing := what_is_missing():
        return missing
    try:
        root = make_root(suite, folder)
    except subprocess.CalledProcessError as error:
        return f"Debian can't be installed from here ({error})"
    with tempfile.TemporaryDirectory(prefix="muster-trial-") as place, network({"trial": "10.77.0.9/24"}):
        machine = Machine("trial", root, Path(place) / "trial", namespace_of("trial"))
        try:
            machine.start()
        except TimeoutError:
            return "no machine comes up"
        finally:
            machine.stop()
    return ""


def _play(suite: str, folder: Path, wheel: Path, *, short: bool, keep: bool) -> bool:
    print(f"{suite}:", flush=True)
    root = make_root(suite, folder)
    packages = build_packages(suite, root, folder, wheel)
    store_dependencies(root, packages, *([] if short else [display.PACKAGE]))
    with Play(root, packages, token_is_scanned=suite != SUITES[0]) as play:
        try:
            play.first_day()
            if not short:
                afterwards(play, folder / f"{suite}-screen.png")
                play.step("data of the release before", lambda: upgrade(play))
                play.step("removed and purged", lambda: remove(play))
        except (subprocess.SubprocessError, TimeoutError, OSError, LookupError, ValueError, AssertionError):
            traceback.print_exc()
            _tell_journals(play)
        if keep:
            print(*(machine.entrance for machine in play.machines.values()), sep="\n", flush=True)
            input()
        for row in play.rows:
            mark = "good" if row.good else "BAD "
            print(f"  {mark}  {row.what:<32} {row.seconds:6.1f} s  {row.said}")
        return all(row.good for row in play.rows)


def _tell_journals(play: Play) -> None:
    for name in HOSTS:
        for service in SERVICES[name]:
            try:
                print(play.machines[name].run(f"journalctl -u {service} --no-pager -n 12 || true"))
            except (subprocess.SubprocessError, LookupError, OSError) as error:
                print(f"{name}: {error}")


if __name__ == "__main__":
    sys.exit(main())
