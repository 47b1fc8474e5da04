"""What persons decide: one transaction holds the event, the state, the promise to tell others, and the ledger's line."""
