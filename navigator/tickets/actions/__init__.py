"""The actions on a ticket: each goes through the one gate, `act`."""
