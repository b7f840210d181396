import pytest

from workers.llm.json_text import first_object


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"a": 1}', {"a": 1}),
        ('Here it is:\n```json\n{"a": {"b": "}"}}\n```\nDone {"c": 2}.', {"a": {"b": "}"}}),
        ('<think>{"a": 0} no</think>\n{"a": 1}', {"a": 1}),
        ('so {"a": 0}, I think</think>{"a": 1}', {"a": 1}),
        ('{not this} but {"a": 1}', {"a": 1}),
        ('{"a": 1', None),
        ("[1, 2]", None),
        ("", None),
        ("{" * 100_000, None),
        ('{"a":' * 100_000, None),
    ],
)
def test_the_first_object_is_found(text, expected):
    assert first_object(text) == expected
