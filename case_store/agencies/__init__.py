"""Agencies: the offices to which centres refer cases."""
