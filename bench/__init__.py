"""How fast calls are taken, as ratios to named baselines measured in the same run: `make bench`."""
