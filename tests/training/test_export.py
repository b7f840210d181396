import shutil

import pytest

from training import export as module
from training.export import ExportDisagrees, export


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
