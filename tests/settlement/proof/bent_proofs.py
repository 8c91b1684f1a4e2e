"""Proofs as somebody changes them who would like to be believed, or by mishap."""


def bent(draw, texts):
    """A proof that somebody changed: a sign, a line, a part of another proof."""
    text, other = draw.sample(texts, 2)
    lines, others = text.split("\n"), other.split("\n")
    at = draw.randrange(len(text))
    line, from_line = draw.randrange(len(lines)), draw.randrange(len(others))
    signs = "ABCxyz019+/=\n —\u00e9"
    way = draw.randrange(8)
    if way == 0:
        return text[:at] + draw.choice(signs) + text[at + 1 :]
    if way == 1:
        return text[:at] + text[at + 1 :]
    if way == 2:
        return text[:at] + draw.choice(signs) + text[at:]
    if way == 3:
        return "\n".join([*lines[:line], others[from_line], *lines[line + 1 :]])
    if way == 4:
        return "\n".join([*lines[:line], *lines[line + 1 :]])
    if way == 5:
        return "\n".join([*lines[:line], lines[line], *lines[line:]])
    if way == 6:
        draw.shuffle(lines)
        return "\n".join(lines)
    return text.replace("index 511", f"index {draw.randrange(10_000)}").replace(
        "700", str(draw.randrange(10_000))
    )
