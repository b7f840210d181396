"""In which type CTranslate2 is to keep a model's weights."""

from types import MappingProxyType

# The numbers that CTranslate2 is fastest with. A model installed for one device runs on the other
# too: the library converts the weights as it loads them.
_BY_DEVICE = MappingProxyType({"cpu": "int8", "cuda": "int8_float16"})

# How many bytes a weight takes. Scales, biases and norms add little; converted_bytes allows for it.
_BYTES_A_WEIGHT = MappingProxyType({"int8": 1, "int8_float16": 1, "float16": 2, "float32": 4})
_LEAST_BYTES_A_PUBLISHED_WEIGHT = 2
_ALLOWANCE = 1.05


def quantization_for(device: str) -> str:
    """Return the type for ``cpu``, ``cuda`` or ``auto``, which takes a CUDA device if there is."""
    return _BY_DEVICE[_found_device() if device == "auto" else device]


def converted_bytes(published: int, quantization: str | None) -> int:
    """Return how large weights of so many bytes may become; None for those that stay as they are.

    It is an upper bound: how many bytes each takes is not known before they are there.
    """
    if quantization is None:
        return published
    weights = published / _LEAST_BYTES_A_PUBLISHED_WEIGHT
    return round(weights * _BYTES_A_WEIGHT[quantization] * _ALLOWANCE)


def _found_device() -> str:
    # Imported here, so that a list of models does not wait for the library.
    import ctranslate2

    return "cuda" if ctranslate2.get_cuda_device_count() else "cpu"
