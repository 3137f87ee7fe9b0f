"""What the set-up says when it cannot go on."""


class SetupError(Exception):
    """One sentence for the person at the keyboard: what is wrong and which step mends it."""
