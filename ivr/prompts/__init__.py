"""What the line says: the texts, the numbers and names put together from pieces, and the sound files."""

import os

# pythainlp would make a folder in the user's home when imported, and fails where there is no home
os.environ.setdefault("PYTHAINLP_READ_ONLY", "1")
os.environ.setdefault("PYTHAINLP_OFFLINE", "1")
