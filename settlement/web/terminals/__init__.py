"""Terminals: how they are, what speaks against them, joining and leaving the centre, their settings."""
