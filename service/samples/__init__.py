"""The sample article: written for this project, its people invented."""

from importlib import resources


def sample_article() -> str:
    """Return the sample article as a wire service would send it, headline and dateline included."""
    return (resources.files(__name__) / "article.txt").read_text("utf-8")
