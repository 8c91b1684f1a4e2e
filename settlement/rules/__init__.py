"""The settlement rules S0–S21 as pure functions: values in, values out; no clock, no database."""
