"""Tracking: what a complainant hears or reads of a case, by its reference and PIN."""
