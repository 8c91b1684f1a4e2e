"""Whether a broker keeps what the line asks of it: the rows, the trials of a real one, what to make of it."""
