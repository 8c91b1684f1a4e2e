"""What people write down and say: manual records, disputes, activities named later."""
