"""Where moto errs, service by service: `ANSWERS` to what it lacks, `MENDS` of what it says.

Each module names its operations as `service:Operation`; `auditor.demo.gaps` puts them in place.
"""
