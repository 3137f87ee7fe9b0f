"""Who answers for which channel of a centre: the responsible officer and the deputy, by date (the letter's point 3)."""
