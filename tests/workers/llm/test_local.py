from khabar.languages import Language
from workers.llm.chat import Completion
from workers.llm.local import LocalChat
from workers.llm.prompts import summary_messages
from workers.protocols import Decoding, Hypothesis


class Recorder:
    def __init__(self):
        self.asked: list[tuple[str, Decoding]] = []

    def complete(self, prompts, decoding):
        self.asked += [(prompt, decoding) for prompt in prompts]
        return [Hypothesis('{"a": 1}', 5, finished=False, score=-1.0) for _ in prompts]


def test_rules_and_article_come_in_one_message():
    recorder = Recorder()
    messages = summary_messages(None, ["A sentence."], Language.ENGLISH, 1)
    found = LocalChat(recorder).complete(messages, {}, max_tokens=40, frequency_penalty=0.3)
    assert found == Completion('{"a": 1}', whole=False)
    ((prompt, decoding),) = recorder.asked
    assert prompt.startswith(messages[0]["content"])
    assert prompt.endswith(messages[1]["content"])
    assert (decoding.max_length, decoding.beam_size) == (40, 1)
    assert decoding.repetition_penalty == 1.3
