"""Who must be told: notices to staff, and what leaves the house."""
