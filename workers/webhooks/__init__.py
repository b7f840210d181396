"""Sending webhook messages to the newsrooms' own servers."""
