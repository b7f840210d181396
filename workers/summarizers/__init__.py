"""Ways to choose or write the sentences of a summary."""
