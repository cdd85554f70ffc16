"""What leaves the app, and what comes in."""
