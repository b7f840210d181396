import shutil
from dataclasses import replace

import pytest

from training import export as module
from training.config import HintsConfig
from training.export import ExportDisagrees, export
from training.unpacking import unpack
from workers.hints.lexicon import HINTS


def test_a_wrong_export_is_refused(config, packed, trained, tmp_path, monkeypatch):
    """The decoder's norm is left out of the export: the texts must differ."""
    run = tmp_path / "run"
    shutil.copytree(trained, run)
    right = module._fill_norm

    def wrong(spec, norm):
        right(spec, norm)
        spec.gamma = -spec.gamma

    monkeypatch.setattr(module, "_fill_norm", wrong)

    with pytest.raises(ExportDisagrees, match="%"):
        export(config, packed, run, tmp_path / "exported")


def test_the_lexicon_of_hints_goes_with_the_model(config, packed, trained, tmp_path):
    folder, run = tmp_path / "pack", tmp_path / "run"
    shutil.copytree(packed.folder, folder)
    shutil.copytree(trained, run)
    (folder / HINTS).write_bytes(b"a lexicon")
    told = replace(config, hints=HintsConfig(1000, 0.3, 25, 0.1, 0.1, 0.25))

    export(told, unpack(folder), run, tmp_path / "exported")

    assert (tmp_path / "exported" / HINTS).read_bytes() == b"a lexicon"
