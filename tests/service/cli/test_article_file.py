from pathlib import Path

import pytest

from khabar.errors import FieldInvalid
from service.cli.article_file import read_article


@pytest.mark.parametrize(
    ("name", "html", "field"),
    [
        ("story.txt", False, "text"),
        ("story", False, "text"),
        ("story.html", False, "html"),
        ("story.HTM", False, "html"),
        ("story.txt", True, "html"),
    ],
)
def test_the_name_or_the_option_says_what_is_in_it(
    tmp_path: Path, name: str, html: bool, field: str
):
    path = tmp_path / name
    path.write_bytes("\ufeffخبر\r\n".encode())
    assert read_article(path, html=html) == {field: "خبر\r\n"}


def test_another_encoding_is_refused_with_the_place(tmp_path: Path):
    path = tmp_path / "story.txt"
    path.write_bytes(b"ok " + "Привет".encode("cp1251"))
    with pytest.raises(FieldInvalid, match="not UTF-8") as refused:
        read_article(path, html=False)
    assert refused.value.given == f"byte 3 of {path}"


def test_a_file_that_is_not_there_is_told(tmp_path: Path):
    with pytest.raises(FieldInvalid, match="No such file"):
        read_article(tmp_path / "absent.txt", html=False)
