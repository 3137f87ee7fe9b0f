"""Training: courses and sessions, who passed, and the certificates without which nobody works a channel."""
