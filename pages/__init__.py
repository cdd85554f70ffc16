"""The lessons. Each file that stands directly in here is a page."""
