"""Stacks: what is written in templates, and what became of them."""
