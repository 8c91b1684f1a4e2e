"""What the centre gives the terminal: roster, settings, keys; applied at once, and forgotten when told to."""
