"""The GSM 7-bit default alphabet with its extension table, and the packing of septets (3GPP TS 23.038)."""

_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_ESCAPE = 0x1B
_EXTENSION = {
    0x0A: "\f",
    0x14: "^",
    0x28: "{",
    0x29: "}",
    0x2F: "\\",
    0x3C: "[",
    0x3D: "~",
    0x3E: "]",
    0x40: "|",
    0x65: "€",
}
_SEPTETS = {character: (code,) for code, character in enumerate(_BASIC) if code != _ESCAPE} | {
    character: (_ESCAPE, code) for code, character in _EXTENSION.items()
}


def can_spell(text: str) -> bool:
    """Whether the alphabet has every character of `text`."""
    return all(character in _SEPTETS for character in text)


def septets_of(character: str) -> tuple[int, ...]:
    """One septet, or two for a character of the extension table; raises KeyError for any other character."""
    return _SEPTETS[character]


def text_of(septets: list[int]) -> str:
    """Spell out septets; an escape before an unknown code is a space, as the standard has it."""
    text = ""
    escaped = False
    for septet in septets:
        if escaped:
            text += _EXTENSION.get(septet, _BASIC[septet] if septet != _ESCAPE else " ")
            escaped = False
        elif septet == _ESCAPE:
            escaped = True
        else:
            text += _BASIC[septet]
    return text


def pack(septets: list[int], *, fill_bits: int = 0) -> bytes:
    """Pack septets into octets, low bits first, after so many zero bits."""
    bits, count, packed = 0, fill_bits, bytearray()
    for septet in septets:
        bits |= septet << count
        count += 7
        while count >= 8:
            packed.append(bits & 0xFF)
            bits >>= 8
            count -= 8
    if count:
        packed.append(bits)
    return bytes(packed)


def unpack(octets: bytes, count: int, *, fill_bits: int = 0) -> list[int]:
    """Take `count` septets out of octets after so many fill bits; fewer when the octets end before."""
    bits = int.from_bytes(octets, "little") >> fill_bits
    there = (len(octets) * 8 - fill_bits) // 7
    return [(bits >> (7 * place)) & 0x7F for place in range(min(count, there))]
