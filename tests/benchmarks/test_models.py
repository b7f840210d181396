import re

from benchmarks.model_shapes import Shape
from benchmarks.models import ARTICLE_SENTENCES, main

TINY = {
    "d_model": 32,
    "encoder_layers": 1,
    "decoder_layers": 1,
    "encoder_attention_heads": 2,
    "decoder_attention_heads": 2,
    "encoder_ffn_dim": 32,
    "decoder_ffn_dim": 32,
}
QUICK = ["--beams", "1", "--batches", "2", "--rounds", "1", "--cores", "1"]


def test_every_kind_of_model_is_measured_on_every_engine(capfd):
    shapes = {
        "marian": Shape("MarianConfig", 1_000, TINY),
        "nllb": Shape("M2M100Config", 1_200, TINY),
    }
    main(QUICK, shapes)
    printed = capfd.readouterr().out
    for name in shapes:
        rows = re.findall(rf"^\| {name} .*", printed, re.MULTILINE)
        titles = [row.split("|")[3].strip() for row in rows]
        assert titles == [f"{ARTICLE_SENTENCES}, an article", "2", "load time", "peak memory"]
        for row in rows:
            transformers, *others = (float(cell.split()[0]) for cell in row.split("|")[4:7])
            assert transformers == 1
            assert all(other > 0 for other in others)
        assert re.search(rf"\n- {name}, 0 million .* \d+ at beam 1 articles a minute", printed)
