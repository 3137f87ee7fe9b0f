"""Who complains: sealed at rest, shown to those who may see it, revealed for a typed reason."""
