"""Checks that each sentence of each summary goes through."""
