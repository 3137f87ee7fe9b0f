"""The one command line: sets up, starts, checks and feeds the 1567 system."""
