"""What other frameworks call what a probe looks at: probe id -> references.

Security Hub controls, AWS Config rules, CIS AWS Foundations, PCI DSS and NIST 800-53, as their own
documents number them.
"""

REFERENCES: dict[str, tuple[str, ...]] = {
    "encryption.key_rotation": (
        "Security Hub KMS.4",
        "AWS Config cmk-backing-key-rotation-enabled",
        "CIS AWS 3.0 3.6",
        "CIS AWS 5.0 3.6",
        "PCI DSS 4.0 3.7.4",
        "NIST 800-53 SC-12(2)",
    ),
}
