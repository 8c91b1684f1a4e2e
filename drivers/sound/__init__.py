"""A small loudspeaker: tones and words played by a program of the system, for which nobody ever waits."""
