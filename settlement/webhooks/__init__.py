"""Telling programs of others what became of lines: addresses, an outbox, and what is sent from it, signed."""
