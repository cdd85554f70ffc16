"""The parts of Draw."""
