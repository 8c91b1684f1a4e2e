"""How far the terminal's clock may be believed."""
