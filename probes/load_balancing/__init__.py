"""Load balancers: what they speak, where they send clients, and how they treat their targets."""
