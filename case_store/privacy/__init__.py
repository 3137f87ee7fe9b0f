"""Retention, legal holds, and the rights of people whose data is kept (PDPA, B.E. 2562)."""
