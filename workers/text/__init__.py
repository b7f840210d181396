"""From canonical text to sentences: cleaning, splitting, mending."""
