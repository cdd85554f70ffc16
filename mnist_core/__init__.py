"""The tested core of the MNIST teaching dashboard. Nothing in here knows a screen."""

import os

# Silence TensorFlow's log messages; this must be set before anything loads it.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
# Even if the owner of this machine has chosen another backend for other work.
os.environ["KERAS_BACKEND"] = "tensorflow"
