"""Scanners and number pads that type like a keyboard."""
