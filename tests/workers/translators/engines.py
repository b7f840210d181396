"""What the translators of these tests are made of."""

from khabar.languages import Language
from khabar.summary import ModelUse
from workers.engines.fake import FakeEngine
from workers.translators.direct import DirectTranslator

EN, RU, AR = Language.ENGLISH, Language.RUSSIAN, Language.ARABIC


def use(name: str) -> ModelUse:
    return ModelUse(role="translation", id=name, revision="1", licence="Apache-2.0")


def fake(source: Language, target: Language, name: str = "fake") -> DirectTranslator:
    return DirectTranslator(FakeEngine(), source, target, (use(name),))
