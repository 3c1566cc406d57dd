"""Secrets: whether they rotate, what rotates them, and whether workloads can read them."""
