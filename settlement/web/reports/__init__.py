"""Reports as pages and files, each within reach."""
