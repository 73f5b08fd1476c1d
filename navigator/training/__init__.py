"""Training: what practitioners ask for, what is planned, and who came."""
