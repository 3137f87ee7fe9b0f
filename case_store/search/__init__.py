"""Search: every substring of two characters and more, on SQLite and PostgreSQL alike."""
