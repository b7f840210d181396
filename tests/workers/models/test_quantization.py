import pytest

from workers.models.quantization import converted_bytes, quantization_for


def test_the_device_decides():
    assert quantization_for("cpu") == "int8"
    assert quantization_for("cuda") == "int8_float16"


@pytest.mark.parametrize(("devices", "chosen"), [(0, "int8"), (1, "int8_float16")])
def test_a_device_is_looked_for(monkeypatch: pytest.MonkeyPatch, devices: int, chosen: str):
    monkeypatch.setattr("ctranslate2.get_cuda_device_count", lambda: devices)
    assert quantization_for("auto") == chosen


def test_the_size_is_bounded_before_the_weights_are_there():
    assert converted_bytes(1000, "int8") == 525
    assert converted_bytes(1000, "float32") == 2100
    assert converted_bytes(1000, None) == 1000
