"""What other frameworks call what a probe looks at: probe id -> references.

Security Hub controls, AWS Config rules, CIS AWS Foundations, PCI DSS and NIST 800-53, as their own
documents number them.
"""

from probes.references import compute, data, operations, traffic

REFERENCES: dict[str, tuple[str, ...]] = {
    **compute.REFERENCES,
    **data.REFERENCES,
    **operations.REFERENCES,
    **traffic.REFERENCES,
}
