"""The terminal: credentials, decision, engine, local API, screens."""
