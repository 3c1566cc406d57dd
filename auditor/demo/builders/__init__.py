"""Builders: each puts one concern of an application's data into the account."""
