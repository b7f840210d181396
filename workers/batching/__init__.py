"""Sentences of concurrent jobs, gathered into common calls of one engine."""
