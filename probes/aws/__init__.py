"""Queries and shapes, one module per boto3 service, and nothing else."""
