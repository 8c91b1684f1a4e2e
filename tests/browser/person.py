"""Somebody at a browser, who does what people do, and notices what people and machines must not meet."""

import re

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import TimeoutError as NothingCame

from foundation.words import Words
from tests.boot.browser import PASSWORD, one_time_code
from tests.browser.live_centre import ADDRESS

_LONGEST_WAIT_MS = 120_000
_SPILLED = """
document.scrollingElement.scrollWidth <= window.innerWidth ? [] : [...document.querySelectorAll("body *")]
    .filter(one => one.getBoundingClientRect().right > window.innerWidth && !one.closest(".wide"))
    .map(one => one.outerHTML.slice(0, 200))
"""
"""What stands beyond the edge of a page that can be scrolled sideways."""

_SERIOUS = {"serious", "critical"}


class Person:
    """Reads and fills in pages in the language of a window; each page is looked at when it is reached."""

    def __init__(self, open_window, centre, window):
        self.open_window, self.centre, self.window = open_window, centre, window
        self.page = page = open_window()
        self.words = Words(window.language)
        self.complaints = []
        page.set_default_timeout(_LONGEST_WAIT_MS)
        page.on("console", self._note)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def go(self, path):
        """Open a page by its address, in the own language."""
        joint = "&" if "?" in path else "?"
        self.page.goto(f"{ADDRESS}{path}{joint}language={self.window.language}")
        self.look()

    def press(self, text):
        """Press the button of that name, in the own language; wait for the page that follows."""
        self.page.get_by_role("button", name=self.said(text), exact=True).first.click()
        self.look()

    def follow(self, text):
        """Follow the link of that name."""
        self.page.get_by_role("link", name=self.said(text), exact=True).first.click()
        self.look()

    def follow_first_row(self):
        """Follow the first link of the page's table."""
        self.page.locator("tbody a").first.click()
        self.look()

    def access(self, key):
        """Press Alt and a page's access key, as a keyboard sends it; wait for the page that follows."""
        pressed = {"modifiers": 1, "key": key, "code": f"Key{key.upper()}", "unmodifiedText": key}
        keyboard = self.page.context.new_cdp_session(self.page)
        with self.page.expect_navigation():
            keyboard.send("Input.dispatchKeyEvent", {"type": "keyDown", **pressed})
            keyboard.send("Input.dispatchKeyEvent", {"type": "keyUp", **pressed})
        self.look()

    def said(self, name):
        """What a page calls something, in the own language."""
        return self.words.say(f"page-{name}")

    def reads(self, text):
        """Wait until the page says so."""
        try:
            self.page.get_by_text(text).first.wait_for()
        except NothingCame as missing:
            raise AssertionError((text, self.page.locator("main").inner_text())) from missing

    def look(self):
        """No complaint of the browser, nothing wider than the screen, the right language and direction."""
        self.page.wait_for_load_state()
        where = self.page.url
        assert not self.complaints, (where, self.complaints)
        spilled = self.page.evaluate(_SPILLED)
        assert not spilled, f"{where} is wider than the screen: {spilled}"
        told = self.page.evaluate("[document.documentElement.lang, document.documentElement.dir]")
        assert told == [self.words.language, self.words.direction], where

    def check_access(self):
        """What axe-core finds on this page that bars somebody's way."""
        found = Axe().run(self.page).response["violations"]
        grave = [
            (one["id"], node["html"], node["failureSummary"])
            for one in found
            if one["impact"] in _SERIOUS
            for node in one["nodes"]
        ]
        assert not grave, (self.page.url, grave)

    def log_in_first(self, login="zhao"):
        """Take an invitation, set a password, log in, and add the second factor."""
        self.go(self.centre.invite(login))
        self.page.fill("#password", PASSWORD)
        self.page.fill("#again", PASSWORD)
        self.check_access()
        self.press("set_password")
        self.check_access()
        self.fill_in(login=login, password=PASSWORD)
        self.fill_in(password=PASSWORD)
        secret = re.search(r'<code dir="ltr">([A-Z2-7]{16,})</code>', self.page.content())
        assert secret, self.page.url
        self.check_access()
        self.fill_in(code=one_time_code(secret[1]))
        assert self.page.locator("li code").count() >= 8, "recovery codes are shown"
        self.check_access()

    def another(self, login):
        """Somebody else, at another machine, who takes an invitation and logs in."""
        other = Person(self.open_window, self.centre, self.window)
        other.go(self.centre.invite(login))
        other.page.fill("#password", PASSWORD)
        other.page.fill("#again", PASSWORD)
        other.press("set_password")
        other.fill_in(login=login, password=PASSWORD)
        return other

    def fill_in(self, **fields):
        """Fill in the page's form, and send it by the Enter key."""
        for name, text in fields.items():
            self.page.fill(f'input[name="{name}"]', text)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        self.look()

    def _note(self, message):
        if message.type == "error":
            self.complaints.append(message.text)
