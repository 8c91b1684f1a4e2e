"""The processes that take evidence in: the listener, log files by hand, the archive."""
