"""The Redis store: jobs, computations, articles and summaries."""
