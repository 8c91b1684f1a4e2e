"""The staff's view, `muster monitor`: a page, forms over it, and what staff do with them."""
