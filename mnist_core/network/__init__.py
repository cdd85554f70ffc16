"""A trained network in NumPy, and what can be asked of it."""
