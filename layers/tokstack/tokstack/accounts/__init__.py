"""Keys, credits and the ledger."""
