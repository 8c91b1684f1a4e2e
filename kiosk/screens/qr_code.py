"""A text as a QR code made of block characters, for a dark screen with light ink. Pure."""

import segno

_QUIET = 2
"""Modules of light round the code: the standard's four cost rows that a small screen lacks."""
_BLOCKS = {(True, True): "█", (True, False): "▀", (False, True): "▄", (False, False): " "}


def qr_rows(text: str) -> list[str]:
    """The rows, all equally wide: what is light in the code is ink, so that the code is dark on light."""
    modules = segno.make(text, error="l", micro=False).matrix_iter(border=_QUIET)
    light = [[not module for module in row] for row in modules]
    if len(light) % 2:
        light.append([False] * len(light[0]))
    return [
        "".join(_BLOCKS[pair] for pair in zip(upper, lower, strict=True))
        for upper, lower in zip(light[::2], light[1::2], strict=True)
    ]
