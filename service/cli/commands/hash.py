"""``khabar hash``: the identity of an article."""

from khabar.article import Article
from service.cli import options
from service.cli.article_file import read_article
from service.cli.output import reporting


def print_hash(
    file: options.ArticleFile,
    headline: options.Headline = None,
    html: options.Html = False,
    as_json: options.AsJson = False,
) -> None:
    """Print the hash of the article in FILE, without any service.

    White space, HTML wrapping and metadata do not change it; a single digit does.

    Exit codes: 0 printed; 2 the input cannot be used.
    """
    with reporting(as_json=as_json) as output:
        article = Article.receive(**read_article(file, html=html), headline=headline)
        output.result({"article_hash": article.article_hash}, [article.article_hash])
