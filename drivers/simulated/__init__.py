"""The stand-ins that ship with the product: demo, support and tests use the same ones."""
