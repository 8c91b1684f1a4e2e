"""What everything stands on: errors, clock, durable files, logs, settings, signals and all words."""
