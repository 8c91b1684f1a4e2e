"""What people write down and say: manual records, claims, disputes."""
