#!/usr/bin/env python3
"""Make the pictures of the centre's pages: play the demo and its city, log in, photograph in Chromium."""

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

PICTURES = Path(__file__).parent / "pictures"
_FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars")
_WIDE, _PHONE = (1280, 720), (360, 740)
_PATIENCE_MS = 120_000


def main() -> None:
    """Play, log in, photograph, stop."""
    with _playing() as (centre, password), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=_FLAGS)
        page = _logged_in(browser, centre, password, _WIDE)
        _take(page, f"{centre}/?date=2026-03-06", "board.png")
        _take(page, f"{centre}/now/", "now.png")
        _take(page, f"{centre}/review/lantern-market/", "review.png")
        page.locator("tbody tr:has(.blocking) a").first.click()
        _take(page, page.url, "doubtful-line.png", whole=True)
        _take(page, f"{centre}/volunteers/200330", "volunteer.png", whole=True)
        _take(page, f"{centre}/now/?language=ar", "now.ar.png")
        phone = _logged_in(browser, centre, password, _PHONE)
        _take(phone, f"{centre}/review/?language=zh-Hans", "review.zh-Hans.png")
        _take(phone, f"{centre}/?date=2026-03-06&language=ar", "board.ar.png")


@contextmanager
def _playing() -> Iterator[tuple[str, str]]:
    """The demo as it goes on: the centre's address, and the password of its second level."""
    command = [sys.executable, "-m", "muster", "demo", "--keep"]
    demo = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    told = []
    for line in demo.stdout or ():
        told.append(line)
        if "until Ctrl-C" in line:  # the last line before it waits
            break
    text = "".join(told)
    centre = re.findall(r"log in at (http://[^/\s]+)", text)[0]
    password = re.findall(r"^ *senior .* senior +(\S+)$", text, re.MULTILINE)[0]
    try:
        yield centre, password
    finally:
        demo.terminate()  # where this runs in the background, Ctrl-C is ignored
        demo.communicate(timeout=60)


def _logged_in(browser: Browser, centre: str, password: str, size: tuple[int, int]) -> Page:
    page = browser.new_context(viewport={"width": size[0], "height": size[1]}).new_page()
    page.set_default_timeout(_PATIENCE_MS)
    page.goto(f"{centre}/account/log-in/")
    page.fill("input[name=login]", "senior")
    page.fill("input[type=password]", password)
    page.locator("main button").click()
    page.wait_for_url(lambda address: "log-in" not in address)
    return page


def _take(page: Page, address: str, name: str, *, whole: bool = False) -> None:
    page.goto(address)
    page.screenshot(path=PICTURES / name, full_page=whole)
    print(f"{name} shows {address.partition('//')[2].partition('/')[2]}")


if __name__ == "__main__":
    main()
