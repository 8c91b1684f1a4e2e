"""How pages are served: the process, what stands around every request, and how well it is."""
