"""The shortlist that a model may come with: which pieces its search scores, by target language."""

from pathlib import Path

from khabar.errors import EngineFailed
from workers.models.converted import SHORTLIST
from workers.models.store import InstalledModel


def has_shortlist(model: InstalledModel) -> bool:
    """Tell whether the model's search is to score the pieces of its shortlist alone.

    It has to list something under one of the target tokens of each language that the model writes,
    or a search would be left with nothing, and under nothing else: a batch shares what its
    sentences let, so with a list by the source's words a translation hangs on its neighbours.
    Raises EngineFailed for a file that is no shortlist.
    """
    path = model.folder / SHORTLIST
    if not path.is_file():
        return False
    try:
        rules = read_shortlist(path)
    except ValueError as error:
        raise EngineFailed(f"The model's {SHORTLIST} cannot be read: {error}") from error
    tokens = [set(model.manifest.target_tokens.get(one, ())) for one in model.manifest.targets]
    return rules.keys() <= set().union(*tokens) and all(rules.keys() & one for one in tokens)


def read_shortlist(path: Path) -> dict[str, frozenset[str]]:
    """Return the pieces that each token of a source lets a translation have.

    Raises ValueError for a file that is empty, not UTF-8, or has a line that is not a token, a tab
    and pieces.
    """
    rules = {}
    for number, line in enumerate(path.read_bytes().decode().split("\n"), start=1):
        token, tab, pieces = line.partition("\t")
        if tab and token and pieces.strip():
            rules[token] = frozenset(pieces.split(" "))
        elif line:
            msg = f"Line {number} is not a token, a tab and pieces."
            raise ValueError(msg)
    if not rules:
        msg = "It is empty."
        raise ValueError(msg)
    return rules
