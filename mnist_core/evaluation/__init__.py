"""What a network answers, held against the labels."""
