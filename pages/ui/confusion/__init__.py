"""The parts of Confusion."""
