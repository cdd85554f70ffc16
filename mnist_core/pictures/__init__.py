"""Any picture that a person gives, to a digit as MNIST has them."""
