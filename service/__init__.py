"""The HTTP service: accepts articles, answers with jobs and summaries."""
