"""What a check says, for tests that read it."""

from kiosk.checkup.check import Check


def codes(check: Check) -> dict[str, str]:
    """The code of each finding with its mark."""
    return {one.trouble.code: str(one.mark) for one in check.findings}
