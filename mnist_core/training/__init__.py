"""Training itself: the only room that imports Keras and TensorFlow."""
