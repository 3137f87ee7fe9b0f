"""Cases: what a complainant brought, its reference, its history, and the search."""
