"""Who gets a ticket: routing rules, candidates, the choice, and rebalancing the workload."""
