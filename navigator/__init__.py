"""The domain of the digital navigators' desk: it knows no HTTP and no HTML."""
