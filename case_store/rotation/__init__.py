"""Rotation: who is trained, how many are needed, and whose turn it is."""
