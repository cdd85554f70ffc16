"""MNIST: its files, read and verified, and what training makes of them."""
