"""A local account on moto with a broken and a repaired application, to be scanned over HTTP.

Nothing else of the auditor is imported here, and moto and boto3 are imported nowhere else.
"""
