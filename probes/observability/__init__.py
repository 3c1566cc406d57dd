"""Observability: alarms, dashboards, log groups."""
