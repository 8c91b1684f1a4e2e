#!/usr/bin/env python3
"""Write docs/openapi.json from the API's operations: `docs/make_openapi.py`, or `make openapi`."""

import os
from pathlib import Path

import django
import msgspec

DOCUMENT = Path(__file__).with_name("openapi.json")


def document() -> str:
    """The whole document; Django is set up."""
    from settlement.api.urls import api  # noqa: PLC0415 - only now can its tables be imported

    return msgspec.json.format(msgspec.json.encode(api.get_openapi_schema()), indent=1).decode() + "\n"


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "settlement.django_settings"
    django.setup()
    DOCUMENT.write_text(document(), encoding="utf-8")
