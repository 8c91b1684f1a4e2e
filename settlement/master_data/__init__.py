"""What people enter: sites, activities, volunteers, credentials; corrected, it is settled anew (S17)."""
