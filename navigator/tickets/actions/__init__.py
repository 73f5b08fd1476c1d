"""What can be done to a ticket: each action goes through the one gate, `act`."""
