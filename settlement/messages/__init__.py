"""A terminal's message at the centre: may it be believed, what is answered, what is put aside."""
