"""The one ledger of decisions, looks at contacts and changes of configuration: hash-chained, only ever added to."""
