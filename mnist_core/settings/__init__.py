"""What a training is made of. No keras."""
