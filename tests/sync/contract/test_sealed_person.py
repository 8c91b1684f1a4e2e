"""Only the centre opens who walked in, and only for the walk-in that it was sealed for."""

import pytest

from foundation.errors import MessageError
from sync.contract.events import is_walk_in
from sync.contract.sealed_person import (
    Person,
    draw_reference,
    make_private_key,
    open_person,
    public_key_of,
    seal_person,
)

WHO = Person("王小明", "+8613800138000")


def test_the_centre_opens_what_was_sealed_to_it_and_no_byte_of_it_is_in_clear():
    private, reference = make_private_key(), draw_reference()
    sealed = seal_person(WHO, reference, public_key_of(private))
    assert open_person(sealed, reference, private) == WHO
    assert is_walk_in(reference)
    assert seal_person(WHO, reference, public_key_of(private)) != sealed
    assert "小明" not in repr(WHO)


@pytest.mark.parametrize("how", ["another key", "another walk-in", "changed", "cut", "no base64"])
def test_anything_else_is_not_opened(how):
    private, reference = make_private_key(), draw_reference()
    sealed = seal_person(WHO, reference, public_key_of(private))
    if how == "another key":
        private = make_private_key()
    if how == "another walk-in":
        reference = draw_reference()
    changes = {"changed": sealed[:60] + ("A" if sealed[60] != "A" else "B") + sealed[61:], "cut": sealed[:8]}
    changes["no base64"] = "—"
    with pytest.raises(MessageError):
        open_person(changes.get(how, sealed), reference, private)
