"""Cases out of the store and into it, as documents and spreadsheets."""
