"""Settled hours in a tree that only grows, and proofs of them that hold when the centre is gone."""
