"""From one run to the next: what became of each finding, and where the last run is kept."""
