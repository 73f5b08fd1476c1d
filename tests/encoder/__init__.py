"""Training the encoder: collected where PyTorch is installed (`make encoder`)."""
