import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from pydantic import SecretStr

from khabar.errors import EngineFailed
from khabar.glossary import NO_TERMS, Entry, Glossary
from khabar.languages import Language
from khabar.summary import ModelUse
from tests.workers.llm.program import Served, numbered, transliterated
from workers.checks.letters import all_letters, letters_of
from workers.llm.client import ChatClient, Server
from workers.llm.translator import LlmTranslator
from workers.protocols import Decoding

USE = ModelUse(role="translation", id="served", revision="1", licence="as served")
SENTENCES = [
    "The ministers met in Cairo on Tuesday.",
    "They agreed to open 3 crossings in March.",
    "The Security Council will meet again.",
]
GLOSSARY = Glossary(
    [
        Entry({Language.ENGLISH: ("Security Council",), Language.RUSSIAN: ("Совет Безопасности",)}),
        Entry({Language.ENGLISH: ("harbour",), Language.RUSSIAN: ("гавань",)}),
    ]
)


@pytest.fixture
def translator():
    clients: list[ChatClient] = []

    def make(served, target=Language.RUSSIAN, glossary=NO_TERMS) -> LlmTranslator:
        server = Server("http://llm.test/v1", SecretStr(""), "one")
        clients.append(ChatClient(server, transport=served.transport))
        return LlmTranslator(clients[-1], Language.ENGLISH, target, (USE,), glossary)

    yield make
    for client in clients:
        client.close()


@pytest.mark.parametrize("target", [Language.RUSSIAN, Language.ARABIC])
def test_each_sentence_is_translated_in_order(translator, target):
    served = Served(transliterated)
    hypotheses = translator(served, target).translate(SENTENCES, Decoding())
    assert len(hypotheses) == 3
    assert "3" in hypotheses[1].text
    for hypothesis in hypotheses:
        assert letters_of(hypothesis.text, target) == all_letters(hypothesis.text) > 0
        assert hypothesis.finished
        assert hypothesis.tokens > 3
    assert len(served.requests) == 1


def test_white_space_gives_nothing_and_costs_no_request(translator):
    served = Served(transliterated)
    assert [item.text for item in translator(served).translate(["", " \n"], Decoding())] == ["", ""]
    assert translator(served).translate([], Decoding()) == []
    assert served.requests == []
    hypotheses = translator(served).translate([SENTENCES[0], " ", SENTENCES[1]], Decoding())
    assert [bool(item.text) for item in hypotheses] == [True, False, True]
    assert len(numbered(served.requests[0])) == 2


def test_many_sentences_take_several_requests(translator):
    served = Served(transliterated)
    sentences = [f"Number {number} of the list is this one." for number in range(40)]
    hypotheses = translator(served).translate(sentences, Decoding())
    assert [item.text.split()[1] for item in hypotheses] == [str(number) for number in range(40)]
    assert [len(numbered(request)) for request in served.requests] == [16, 16, 8]


def test_terms_that_occur_are_given_and_used(translator):
    served = Served(transliterated)
    hypotheses = translator(served, glossary=GLOSSARY).translate(SENTENCES, Decoding())
    assert "Совет Безопасности" in hypotheses[2].text
    content = served.requests[0]["messages"][-1]["content"]
    assert "гавань" not in content


def test_repetition_is_punished_as_the_api_can(translator):
    served = Served(transliterated)
    one = translator(served)
    one.translate(SENTENCES, Decoding())
    one.translate(SENTENCES, Decoding(repetition_penalty=1.3))
    assert [request.get("frequency_penalty") for request in served.requests] == [None, 0.3]


def test_a_bad_answer_is_asked_again_and_two_are_a_failure(translator):
    served = Served(json.dumps({"translations": []}), transliterated)
    assert len(translator(served).translate(SENTENCES, Decoding())) == 3
    with pytest.raises(EngineFailed, match="numbers 1 to 3"):
        translator(Served('{"translations": []}')).translate(SENTENCES, Decoding())


def test_untranslated_sentences_are_refused(translator):
    def copied(request):
        return json.dumps({"translations": numbered(request)})

    with pytest.raises(EngineFailed, match="Russian"):
        translator(Served(copied)).translate(SENTENCES, Decoding())


def test_eight_threads_get_their_own(translator):
    one = translator(Served(transliterated))
    jobs = [[f"Number {number} of the list is this one."] * 2 for number in range(24)]
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda job: one.translate(job, Decoding()), jobs))
    for number, hypotheses in enumerate(found):
        assert [item.text.split()[1] for item in hypotheses] == [str(number)] * 2
    assert (one.source, one.target, one.models) == (Language.ENGLISH, Language.RUSSIAN, (USE,))
