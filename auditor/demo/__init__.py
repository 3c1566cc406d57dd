"""A local account on moto with broken and repaired applications, to be scanned over HTTP.

Moto and boto3 are imported nowhere else; what the applications are made of is data without either.
"""
