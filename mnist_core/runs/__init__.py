"""What is known of a training, while it runs and afterwards."""
