"""Ways to bring a summary into another language."""
