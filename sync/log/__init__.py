"""The terminal's durable log: one file that survives power cuts, its reader, its check and its salvage."""
