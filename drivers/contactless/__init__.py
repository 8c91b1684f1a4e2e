"""Contactless cards over PC/SC: their numbers, and taps that a card signs."""
