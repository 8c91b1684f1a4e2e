"""Whose credential a reading is: badges, cards, codes and telephones, verified without a network."""
