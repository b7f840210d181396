import pytest

from training.pieces import PIECES, PiecesDamaged, join_folder, split_folder


@pytest.fixture
def split(tmp_path):
    source = tmp_path / "source"
    source.mkdir()
    (source / "model.bin").write_bytes(bytes(range(256)) * 10)
    (source / "source.spm").write_bytes(b"pieces")
    (source / "target.spm").write_bytes(b"pieces")
    (source / "empty").write_bytes(b"")
    files = split_folder(source, tmp_path / "parts", size=1000)
    return source, tmp_path / "parts", files


def test_the_whole_comes_back(split, tmp_path):
    source, parts, _ = split

    join_folder(parts, tmp_path / "joined")

    for path in source.iterdir():
        assert (tmp_path / "joined" / path.name).read_bytes() == path.read_bytes()


def test_no_piece_is_too_large_and_none_is_written_twice(split):
    _, _, files = split

    names = [path.name for path in files]

    assert names == ["model.bin.00", "model.bin.01", "model.bin.02", PIECES, "source.spm.00"]
    assert all(path.stat().st_size <= 1000 for path in files if path.name != PIECES)


def test_a_changed_piece_is_named(split, tmp_path):
    _, parts, _ = split
    (parts / "model.bin.01").write_bytes(b"other")

    with pytest.raises(PiecesDamaged, match=r"model\.bin\.01"):
        join_folder(parts, tmp_path / "joined")
    assert not (tmp_path / "joined" / "model.bin").exists()


def test_a_lost_piece_is_named(split, tmp_path):
    _, parts, _ = split
    (parts / "model.bin.02").unlink()

    with pytest.raises(PiecesDamaged, match=r"model\.bin\.02 is missing"):
        join_folder(parts, tmp_path / "joined")


def test_a_folder_without_a_list(tmp_path):
    with pytest.raises(PiecesDamaged, match=PIECES):
        join_folder(tmp_path, tmp_path / "joined")
