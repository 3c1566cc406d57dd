"""Databases: their logs and how they are protected."""
