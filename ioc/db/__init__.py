"""The database: connections, named queries, migrations. Knows no stream and no panel."""
