"""A whole working day in a minute, with real parts: the stand-ins replace only people and hardware."""
