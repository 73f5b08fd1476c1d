"""What must leave the house: queued with the change that caused it, sent by a job."""
