"""The models that are installed on this machine, and how they get there."""
