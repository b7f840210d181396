"""Short pairs for the tests of the checks."""

from khabar.languages import Language
from workers.protocols import Pair

EN, RU, AR = Language.ENGLISH, Language.RUSSIAN, Language.ARABIC


def pair(source: str, output: str, way: tuple[Language, Language] = (EN, RU)) -> Pair:
    return Pair(source, way[0], output, way[1])
