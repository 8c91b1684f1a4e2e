"""GSM modems: text messages in and out over AT commands."""
