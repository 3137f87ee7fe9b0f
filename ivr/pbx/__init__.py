"""The one link to Asterisk: its configuration, its manager interface, its queue members and its ledger of calls."""
