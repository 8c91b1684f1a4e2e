from drivers.debounce import CardPresence
from drivers.reading import Secret

CARD, OTHER = Secret("04A2B3C4"), Secret("04D5E6F7")


def test_it_takes_a_card_as_new_once_while_it_stays(clock):
    presence = CardPresence(gone_after_ms=500)
    seen = []
    for _ in range(20):
        seen.append(presence.is_new(CARD, clock()))
        clock.move(499)
    assert seen == [True] + [False] * 19


def test_it_takes_a_card_as_new_after_it_was_gone(clock):
    presence = CardPresence(gone_after_ms=500)
    presence.is_new(CARD, clock())
    clock.move(500)
    assert presence.is_new(CARD, clock())


def test_it_follows_two_cards_that_lie_together(clock):
    presence = CardPresence(gone_after_ms=500)
    assert [presence.is_new(card, clock()) for card in (CARD, OTHER, CARD, OTHER)] == [
        True,
        True,
        False,
        False,
    ]


def test_it_knows_whether_anything_is_there(clock):
    presence = CardPresence(gone_after_ms=500)
    assert not presence.is_anything_there(clock())
    presence.is_new(CARD, clock())
    assert presence.is_anything_there(clock())
    clock.move(500)
    assert not presence.is_anything_there(clock())


def test_it_can_be_told_to_forget(clock):
    presence = CardPresence(gone_after_ms=500)
    presence.is_new(CARD, clock())
    presence.forget()
    assert presence.is_new(CARD, clock())


def test_it_keeps_nothing_that_was_on_the_card(clock):
    presence = CardPresence(gone_after_ms=500)
    presence.is_new(CARD, clock())
    assert CARD.reveal() not in repr(vars(presence))
    assert CARD.reveal().encode() not in b"".join(presence._last_seen_ms)
