"""AWS services that keep secrets of their own in Secrets Manager, and whether they rotate.

Source: Secrets Manager user guide, "AWS Secrets Manager secrets managed by other AWS services" and
"Managed rotation". The name of an owned secret begins with the service's id and `!`.
"""

DATABASES = frozenset({"rds", "redshift"})
"""Services that rotate the passwords of databases; Aurora, DocumentDB and RDS are all `rds`."""

FIXED = frozenset(
    {
        "appflow",
        "databrew",
        "datasync",
        "directconnect",
        "events",
        "marketplace-deployment",
        "opsworks-cm",
        "pcs",
        "sqlworkbench",
    }
)
"""The services that offer no rotation, and whose secrets nobody else may rotate."""
