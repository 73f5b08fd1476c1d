"""What the desk does by itself: jobs that find their work in the data and may be run again at any time."""
