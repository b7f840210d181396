import inspect

from khabar import errors
from khabar.errors import FieldInvalid, KhabarError

CLASSES = [
    value
    for value in vars(errors).values()
    if inspect.isclass(value) and issubclass(value, KhabarError)
]


def test_every_code_is_its_own():
    codes = [kind.code for kind in CLASSES]
    assert len(set(codes)) == len(codes)


def test_the_tree_in_the_docstring_names_every_class():
    assert errors.__doc__ is not None
    assert [kind.__name__ for kind in CLASSES if kind.__name__ not in errors.__doc__] == []


def test_a_record_tells_field_limit_given_and_hint():
    error = FieldInvalid("It is wrong.", field="text", limit=1, given=2, hint="Do this.")
    assert error.record().model_dump() == {
        "code": "field_invalid",
        "message": "It is wrong.",
        "field": "text",
        "limit": 1,
        "given": 2,
        "hint": "Do this.",
    }
