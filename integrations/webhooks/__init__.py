"""Telling other programs what happened to cases: signed, within bounds of time, and never to an address of our own."""
