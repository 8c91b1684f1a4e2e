"""Activities and sites: where each stands, and who is still there when one ends."""
