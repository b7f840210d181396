"""Summaries and translations by a language model behind an OpenAI-compatible server."""
