"""Resident identity cards: a reader's frames on a serial line to the number on the card."""
