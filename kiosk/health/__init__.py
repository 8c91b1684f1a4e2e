"""How the terminal is doing: machine, devices, figures for monitoring."""
