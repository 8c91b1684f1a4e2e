"""What site staff ask of the terminal: listings, entries, sessions, questions to volunteers."""
