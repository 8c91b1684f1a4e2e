"""`python -m muster` is the command `muster`."""

from muster.console import main

main(prog_name="muster")
