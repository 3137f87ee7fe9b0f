"""Telephone calls of citizens, from the first ring to how they ended, and the requests to be called back."""
