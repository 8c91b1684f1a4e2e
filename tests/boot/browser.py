"""Runs at the centre's machine, with Python alone: a person's first log-in at the pages.

Called with the log-in's name and the invitation's address; prints the board's title and how many recovery
codes there were. As the proxy does, it says that its line to the person is TLS.
"""

import base64
import hashlib
import hmac
import http.client
import re
import struct
import sys
import time
from urllib.parse import urlencode

HOST, PORT = "127.0.0.1", 8460
PASSWORD = "a lantern by the river"


def sent_with_a_form(policy: str, page: str) -> dict[str, str]:
    """The headers by which a browser says from which page a form comes that is sent to the page's own origin.

    `policy` is the page's Referrer-Policy: where it is to tell nothing, browsers tell `null` (Fetch standard,
    "append a request `Origin` header").
    """
    if policy == "no-referrer":
        return {"Origin": "null"}
    origin = "/".join(page.split("/")[:3])
    return {"Origin": origin, "Referer": page}


class Browser:
    """Keeps cookies, the form's token among them, and follows no redirection by itself."""

    def __init__(self) -> None:
        self._cookies: dict[str, str] = {}
        self._policy = ""

    def ask(self, path: str, **fields: str) -> tuple[int, str, str]:
        """Status, where it leads, and the page; with fields it is the form of that page, filled in."""
        headers = {"Host": "localhost", "X-Forwarded-Proto": "https"}
        body = None
        if fields:
            fields["csrfmiddlewaretoken"] = self._cookies["csrftoken"]
            body = urlencode(fields)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            headers |= sent_with_a_form(self._policy, f"https://localhost{path}")
        if self._cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        line = http.client.HTTPConnection(HOST, PORT, timeout=60)
        line.request("POST" if fields else "GET", path, body, headers)
        answer = line.getresponse()
        page = answer.read().decode()
        self._policy = answer.headers.get("Referrer-Policy") or ""
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            name, _, rest = cookie.partition("=")
            self._cookies[name] = rest.partition(";")[0]
        return answer.status, answer.headers.get("Location") or "", page

    def go(self, path: str, expected: int = 200, **fields: str) -> tuple[str, str]:
        """As `ask`; ends the program where another status comes."""
        if fields and "csrftoken" not in self._cookies:
            self.go(path)
        status, leads, page = self.ask(path, **fields)
        if status != expected:
            told = " ".join(re.sub("<[^>]*>", " ", page).split())
            sys.exit(f"{path} answered {status}, not {expected}: {told[:300]}")
        return leads, page


def one_time_code(secret: str) -> str:
    """RFC 6238 with SHA-1, six digits and half minutes, as authenticator apps have it."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", int(time.time()) // 30), hashlib.sha1).digest()
    at = digest[-1] & 15
    return f"{(int.from_bytes(digest[at : at + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06}"


def main() -> None:
    """Set the password, be refused with another, log in, add the second factor, read the pages."""
    login, invitation = sys.argv[1:]
    browser = Browser()
    browser.go("/api/board.json", 401)
    browser.go(invitation, 302, password=PASSWORD, again=PASSWORD)
    browser.go("/account/log-in/", 200, login=login, password="not the password")
    browser.go("/account/log-in/", 302, login=login, password=PASSWORD)
    activate, _ = browser.go("/", 302)
    again, _ = browser.go(activate, 302)  # the password once more, before anything about log-ins changes
    browser.go(again, 302, password=PASSWORD)
    _, page = browser.go(activate)
    found = re.search(r'<code dir="ltr">([A-Z2-7]{16,})</code>', page)
    if found is None:
        sys.exit("the page of the second factor shows no secret")
    codes, _ = browser.go(activate, 302, code=one_time_code(found[1]))
    _, page = browser.go(codes)
    for path in (
        "/now/",
        "/review/",
        "/inbox/",
        "/inbox/times/",
        "/volunteers/?who=1001",
        "/volunteers/1001",
        "/static/page.css",
    ):
        browser.go(path)
    _, board = browser.go("/")
    title = re.search("<title>([^<]*)", board)
    print(f"{title[1].strip() if title else '?'}; {page.count('<li><code')} recovery codes")


if __name__ == "__main__":
    main()
