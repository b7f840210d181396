"""Measured side by side, in one run each; results are kept beside the code that made them."""
