"""The benchmark: calls counted, ratios in one run, on a generated account behind a latency."""
