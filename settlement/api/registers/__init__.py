"""What the centre keeps lists of, told as pages of lists or as whole files; and what programs add to them."""
