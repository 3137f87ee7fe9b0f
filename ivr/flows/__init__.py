"""The conversations with a caller, each written in the order in which it is held."""
