"""A read-only auditor of live AWS accounts: probes ask, AWS answers or not, judgements read."""

__version__ = "0.1.0"
