"""What was promised in a transaction reaches the others: Kafka, webhooks, mail; at least once, each under one id."""
