"""How the built-in model is made, and what it is made from."""
