"""Names and fixed terms in the three languages, and where they stand in a text."""
