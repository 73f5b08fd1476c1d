"""What is asked of support cards."""
