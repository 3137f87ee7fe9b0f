"""Staff: who they are, what they may do, whether they are signed in and whether they take calls."""
