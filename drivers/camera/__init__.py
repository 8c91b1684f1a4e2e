"""Cameras: pictures to the texts of the codes that are held before them."""
