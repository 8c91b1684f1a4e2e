"""The commands of `muster` that come in groups, a module for each group; they import what they need."""
