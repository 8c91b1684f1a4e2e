"""The commands of `muster` that come in groups, by what they are about; they import what they need."""
