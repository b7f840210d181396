"""The paths under which a job and its summaries are read, for views and for messages."""

from urllib.parse import urlencode

from khabar.summary import Length


def job_path(job_id: str) -> str:
    """Return the path of a job."""
    return f"/v1/jobs/{job_id}"


def summaries_path(article_hash: str, length: Length, recipe: str) -> str:
    """Return the path of what is kept of an article, in one length by one recipe."""
    return f"/v1/summaries/{article_hash}?{urlencode({'length': length, 'recipe': recipe})}"
