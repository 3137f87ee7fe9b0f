"""Puts in place what the system runs on: Python packages, Asterisk, Redis, speech, Node.

Only Python's standard library is imported here, because this package runs before anything is installed.
"""
