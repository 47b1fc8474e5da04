"""The machine behind every stream: from a Kafka message to events, states, history and rollups."""
