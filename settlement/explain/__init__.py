"""Why a line of hours counts what it counts, and what evidence is missing, in words."""
