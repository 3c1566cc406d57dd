"""Pipelines: what they fetch, build and deploy, and who is asked on the way."""
