"""The audit trail: one hash chain for each centre."""
