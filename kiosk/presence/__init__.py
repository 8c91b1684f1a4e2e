"""Who is here, at this terminal and at the site's others."""
