import hashlib

from workers.models.digest import folder_digests


def test_every_file_but_the_manifest_has_its_sum(tmp_path):
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "a").write_bytes(b"a")
    (tmp_path / "manifest.json").write_bytes(b"{}")
    assert folder_digests(tmp_path) == {"inner/a": hashlib.sha256(b"a").hexdigest()}
