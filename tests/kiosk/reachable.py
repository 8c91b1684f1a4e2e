"""What a running object still holds in memory, however deep."""

import gc
import types

_NOT_HELD = (type, types.ModuleType, types.FunctionType, types.CodeType, types.FrameType)
"""What leads to the whole program and its tests."""


def holds(root: object, secret: bytes | str) -> bool:
    """Whether bytes or a text with `secret` in it can be reached from an object."""
    seen: set[int] = set()
    ahead = [root]
    while ahead:
        one = ahead.pop()
        if id(one) in seen or isinstance(one, _NOT_HELD):
            continue
        seen.add(id(one))
        if isinstance(one, type(secret)) and secret in one:
            return True
        ahead.extend(gc.get_referents(one))
    return False
