from dataclasses import replace

import pytest
import torch

from training.device import DeviceUnusable, arithmetic, choose_device


def test_an_unknown_precision(config):
    with pytest.raises(DeviceUnusable, match="bf16"):
        choose_device(replace(config.train, precision="fp8"))


def test_no_gpu_is_said_at_once(config, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)

    with pytest.raises(DeviceUnusable, match="CUDA"):
        choose_device(replace(config.train, device="cuda"))


def test_bf16_products(config):
    half = replace(config.train, precision="bf16")
    x = torch.ones(2, 2)

    with arithmetic(half, torch.device("cpu")):
        assert (x @ x).dtype is torch.bfloat16
    with arithmetic(config.train, torch.device("cpu")):
        assert (x @ x).dtype is torch.float32
