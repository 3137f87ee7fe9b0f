"""What staff use in a browser: the desk, cases, callbacks, the live board; and the JSON API for other programs."""
