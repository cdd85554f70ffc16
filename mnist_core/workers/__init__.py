"""Who trains, and where."""
