"""Figures about cases, reckoned by the database."""
