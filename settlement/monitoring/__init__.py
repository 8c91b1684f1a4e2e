"""How the centre is doing: whether it can serve, and its figures for Prometheus."""
