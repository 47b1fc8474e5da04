"""The real Kafka and the real TimescaleDB that the tests run against."""
