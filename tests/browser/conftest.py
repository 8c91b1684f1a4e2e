"""A real Chromium, by Playwright, before a live centre. Left out where Chromium or nginx is not installed."""

import shutil
from dataclasses import dataclass

import pytest

from tests.browser.live_centre import LiveCentre
from tests.browser.person import Person
from tests.settlement.web.nginx_proxy import HOST

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = (
    "--no-sandbox",  # tests may run as root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)


@dataclass(frozen=True)
class Window:
    """What somebody looks through: a language, and how wide the screen is."""

    language: str
    width: int = 1280
    height: int = 900

    def __str__(self):
        return f"{self.language}-{self.width}"


WINDOWS = (Window("en"), Window("ar"), Window("zh-Hans", 360, 740))


@pytest.fixture(scope="session")
def playwright():
    """One for all: a process has one Playwright of this kind at a time."""
    if CHROMIUM is None:
        pytest.skip("needs Debian's chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def chromium(playwright):
    if shutil.which("nginx") is None:
        pytest.skip("needs Debian's nginx")
    return playwright.chromium, CHROMIUM


@pytest.fixture
def centre(chromium, tmp_path):
    made = LiveCentre(tmp_path)
    try:
        made.start()
        yield made
    finally:
        made.stop()


@pytest.fixture(params=WINDOWS, ids=str)
def person(request, chromium, centre):
    kind, program = chromium
    window = request.param
    # The browser asks for the name and the port that everybody knows; here they lead to the test's proxy.
    leads = f"--host-resolver-rules=MAP {HOST}:443 127.0.0.1:{centre.proxy.port}"
    with kind.launch(executable_path=program, args=[*FLAGS, leads]) as browser:

        def open_window():
            size = {"width": window.width, "height": window.height}
            return browser.new_context(ignore_https_errors=True, viewport=size).new_page()

        yield Person(open_window, centre, window)
