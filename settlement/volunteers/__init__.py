"""One volunteer's file and record, and the move to another organisation."""
