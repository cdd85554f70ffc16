"""What every page stands on: language, URL, caches, the run that is looked at."""
