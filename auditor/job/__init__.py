"""What a nightly job needs around a scan: one at a time, a line for logs, metrics, a role."""
