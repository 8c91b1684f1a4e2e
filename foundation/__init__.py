"""What everything stands on: errors, clock, durable files, logs, settings, signals and all words."""

VERSION = "0.2.0"
"""The version of everything in this house; pyproject.toml says the same to whoever installs it."""
