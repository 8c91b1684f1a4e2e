"""Who is checked in at a site with several terminals, told to each of them while they record."""
