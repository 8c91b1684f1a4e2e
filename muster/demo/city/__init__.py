"""The example city of a demo that goes on: three organisations, their people, and what waits for them."""
