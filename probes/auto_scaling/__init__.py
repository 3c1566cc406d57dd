"""Scaling groups and what they launch from: whether they scale, show it, and tag what they make."""
