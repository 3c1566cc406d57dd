"""Who made a drift, by the event history of CloudTrail."""
