"""Assignment of tickets: routing rules, candidates, the automatic choice, and rebalancing the workload."""
