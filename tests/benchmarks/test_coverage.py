import lzma

from benchmarks.coverage import main


def test_words_are_new_until_they_were_seen(tmp_path, capsys):
    corpora, evaluation = tmp_path / "corpora", tmp_path / "evaluation"
    corpora.mkdir()
    evaluation.mkdir()
    with lzma.open(corpora / "tatoeba.en-ru.tsv.xz", "wt", encoding="utf-8") as file:
        file.write("Xyzzy plugh!\tКсизи плаф!\n")
    rows = ("en\tru\tar", "xyzzy Plugh frobnicate Afghanistan\tксизи бздынь\tزقزقزق غغغغغ")
    (evaluation / "made.dev.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")

    main(corpora, evaluation)

    lines = capsys.readouterr().out.splitlines()
    table = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    by_name = {row[0]: dict(zip(table[0], row, strict=True)) for row in table[2:]}
    assert by_name["the corpora alone"]["made en"] == "50.0"
    assert by_name["the corpora alone"]["made ru"] == "50.0"
    assert by_name["and gazetteers and dictionary"]["made en"] == "25.0"
    assert by_name["and gazetteers and dictionary"]["made ar"] == "100.0"
