"""Who may reach whom: security groups, the workloads behind them, and operators' access."""
