"""Alerts: rules as data, what they watch, and the judgement of what is found. Nothing here writes; `ioc.alerting` does."""
