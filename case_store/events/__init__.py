"""Live news of what changed: announced in a transaction, sent after its commit, carried by a Redis stream."""
