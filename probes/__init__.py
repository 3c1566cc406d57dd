"""The probes, by concern; what they ask, by service, in `aws`; what they know, in `analysis`."""
