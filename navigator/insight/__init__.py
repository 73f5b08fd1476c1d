"""Analytics and dashboards: the managers’ report, the home page, and the accuracy of suggestions."""
