"""Training of the encoder with PyTorch; nothing of the running desk imports it (`make encoder`)."""
