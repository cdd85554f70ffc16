"""The tested core of the MNIST teaching dashboard. Nothing in here knows a screen."""

import os

# Before anything loads TensorFlow: its later notes are no news for anybody here.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
# Whatever the owner of this machine uses Keras with elsewhere.
os.environ["KERAS_BACKEND"] = "tensorflow"
