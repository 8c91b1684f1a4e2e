"""Programs of other people that a kind of fault needs; without them it is no fault of ours."""

import shutil

import pytest


def program(name: str, package: str) -> str:
    """Its path; Debian keeps some where only root looks. Without it the round is not possible here."""
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")
    if not found:
        pytest.skip(f"apt-get install {package}")
    return found
