"""Asterisk's gateway interface: a session that is safe in threads, and the FastAGI server."""
