from datetime import UTC, datetime, timedelta

import pytest

from khabar.errors import FieldInvalid
from service.cli.times import read_duration, read_end


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("0", 0), ("30s", 30), ("5m", 300), ("12h", 43_200), ("90d", 7_776_000), ("2w", 1_209_600)],
)
def test_a_duration_is_a_number_and_a_unit(text: str, seconds: int):
    assert read_duration(text, "--overlap").total_seconds() == seconds


@pytest.mark.parametrize(
    "text", ["", "90", "d", "-1d", "1.5d", "90 d", "90y", "1234567d", "١d", "999999w"]
)
def test_anything_else_is_told(text: str):
    with pytest.raises(FieldInvalid) as told:
        read_duration(text, "--overlap")
    assert told.value.field == "--overlap"


def test_an_end_is_a_day_a_moment_a_duration_or_never():
    assert read_end("2027-01-31", "--expires") == datetime(2027, 1, 31, tzinfo=UTC)
    moment = read_end("2027-01-31T12:00:00+03:00", "--expires")
    assert moment == datetime(2027, 1, 31, 9, tzinfo=UTC)
    assert read_end("90d", "--expires") == timedelta(days=90)
    assert read_end("never", "--expires") is None
    with pytest.raises(FieldInvalid, match="neither a time nor a day"):
        read_end("soon", "--expires")
