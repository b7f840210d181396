"""The commands. Each imports what it needs when it is run: the GPU machine lacks most of it."""

import json
from pathlib import Path
from typing import Annotated

import typer

from training.config import read_config

_HERE = Path(__file__).parent
_CONFIGS = _HERE / "configs"

app = typer.Typer(
    name="python -m training",
    help="Make the built-in translation model, step by step. docs/training.md tells the whole.",
    no_args_is_help=True,
    add_completion=False,
)

ConfigFile = Annotated[Path, typer.Option("--config", help="The TOML file of the run.")]
Work = Annotated[Path, typer.Option("--work", help="Where the steps keep their files.")]
Corpora = Annotated[Path | None, typer.Option(help="Folder of SOURCE.XX-YY.tsv.xz files.")]
EvaluationSets = Annotated[Path | None, typer.Option(help="Folder of NAME.dev.tsv files.")]
Newsbank = Annotated[Path, typer.Option(help="Folder of the newsbank.")]
Budget = Annotated[float, typer.Option(help="Seconds for everything this command does.")]
GoOn = Annotated[bool, typer.Option("--resume", help="Go on from what an earlier run left.")]
Pack = Annotated[Path | None, typer.Option(help="Folder of the pack. Default: WORK/pack.")]
OtherConfig = Annotated[
    Path | None, typer.Option("--config", help="Another configuration than packed.")
]
FULL, SMALL, CORES = (_CONFIGS / f"{name}.toml" for name in ("full", "small", "cores"))
WORK = Path("var/training")
NEWSBANK = _HERE / "newsbank"


@app.command()
def prepare(
    config: ConfigFile = FULL,
    work: Work = WORK,
    corpora: Corpora = None,
    evaluation: EvaluationSets = None,
    newsbank: Newsbank = NEWSBANK,
) -> None:
    """Clean, join and deduplicate the texts; prove that nothing kept for evaluation is there."""
    from training.prepare import Inputs
    from training.prepare import prepare as run

    _show(run(read_config(config), Inputs(newsbank, evaluation, corpora), work))


@app.command()
def vocabulary(config: ConfigFile = FULL, work: Work = WORK) -> None:
    """Learn the shared sentencepiece model; print the pieces a word takes in each language."""
    from training.miniature import learn_vocabulary
    from training.pairs import read_pairs
    from training.prepare import PAIRS
    from training.vocabulary import VOCABULARY, fertility, load_pieces

    learn_vocabulary(read_config(config), work)
    _show(fertility(load_pieces(work / VOCABULARY), read_pairs(work / PAIRS)))


@app.command()
def pack(
    config: ConfigFile = FULL,
    work: Work = WORK,
    effort: Annotated[
        int, typer.Option(min=0, max=9, help="Of compressing: 9 to send a pack, 0 to train here.")
    ] = 9,
) -> None:
    """Turn the texts into numbers and compress them: all that training needs is in WORK/pack."""
    from training.packing import pack as run

    target = work / "pack"
    manifest = run(read_config(config), config, work, target, effort)
    sizes = {path.name: path.stat().st_size for path in sorted(target.iterdir())}
    _show({**manifest, "bytes": sizes, "bytes together": sum(sizes.values())})


@app.command()
def unpack(
    folder: Annotated[Path, typer.Option(help="Folder of the pack.")] = WORK / "pack",
) -> None:
    """Check the sums of a pack and print how much it holds."""
    from training.unpacking import unpack as run

    found = run(folder)
    _show({"examples": len(found.sources), "texts": len(found.lengths), "sums": "as packed"})


@app.command()
def train(
    budget: Budget,
    folder: Pack = None,
    config: OtherConfig = None,
    work: Work = WORK,
    resume: GoOn = False,
) -> None:
    """Train within a budget of seconds; the weights are kept whenever it ends."""
    from training.train import train as run
    from training.unpacking import CONFIG
    from training.unpacking import unpack as open_pack

    folder = folder or work / "pack"
    options = read_config(config or folder / CONFIG)
    _show(run(options, open_pack(folder), work / "run", budget, go_on=resume))


@app.command()
def gpu(
    budget: Budget,
    out: Annotated[Path, typer.Option(help="What is sent back: at most 8 files, 64 MiB.")],
    folder: Pack = None,
    config: OtherConfig = None,
    work: Work = WORK,
    resume: GoOn = False,
) -> None:
    """Unpack, train, translate the validation news, and write what is to be sent back."""
    from training.gpu import run_on_gpu
    from training.unpacking import CONFIG

    folder = folder or work / "pack"
    options = read_config(config or folder / CONFIG)
    _show(run_on_gpu(options, folder, work, out, budget, go_on=resume))


@app.command()
def cores(
    budget: Budget,
    folder: Pack = None,
    config: OtherConfig = None,
    work: Work = WORK,
    resume: GoOn = False,
) -> None:
    """Train on the processor's cores, a process for each, within a budget of seconds."""
    from training.cores.run import train_on_cores
    from training.unpacking import CONFIG

    folder = folder or work / "pack"
    options = read_config(config or folder / CONFIG)
    _show(train_on_cores(options, folder, work / "run", budget, go_on=resume))


@app.command()
def export(
    folder: Pack = None,
    work: Work = WORK,
    pieces: Annotated[Path, typer.Option(help="Where the pieces go.")] = WORK / "pieces",
) -> None:
    """Write the CTranslate2 model, hold it against PyTorch, cut it into pieces under 16 MiB."""
    from dataclasses import asdict

    from training.export import export as run
    from training.pieces import split_folder
    from training.unpacking import CONFIG
    from training.unpacking import unpack as open_pack

    folder = folder or work / "pack"
    options = read_config(folder / CONFIG)
    found = run(options, open_pack(folder), work / "run", work / "exported")
    files = split_folder(work / "exported", pieces)
    _show({**asdict(found), "bytes": {path.name: path.stat().st_size for path in files}})


@app.command()
def join(
    pieces: Annotated[Path, typer.Argument(help="Folder of pieces.")],
    target: Annotated[Path, typer.Argument(help="Where the whole files go.")],
) -> None:
    """Put pieces together again and check their sums: a model, or what a run sent back."""
    from training.pieces import join_folder

    join_folder(pieces, target)
    _show({"joined": sorted(path.name for path in target.iterdir())})


@app.command()
def reopen(
    model: Annotated[Path, typer.Argument(help="Folder of an exported or installed model.")],
    run: Annotated[Path, typer.Argument(help="Where its weights and its vocabulary go.")],
    config: ConfigFile = CORES,
) -> None:
    """Take the weights out of a model again, for a run that goes on from them."""
    from training.reopen import reopen as take

    take(read_config(config), model, run)
    _show({"reopened": sorted(path.name for path in run.iterdir())})


@app.command()
def install(
    pieces: Annotated[Path, typer.Argument(help="Folder of the model's pieces.")],
    work: Work = WORK,
    models: Annotated[Path | None, typer.Option(help="The store. Default: WORK/models.")] = None,
) -> None:
    """Put the exported model into a store; into workers/shipped if it is to be shipped."""
    from training.miniature import install as run
    from workers.models.store import ModelStore

    found = run(pieces, work, ModelStore(models) if models else None)
    _show({"id": found.manifest.id, "bytes": found.size, "folder": str(found.folder)})


@app.command()
def evaluate(
    evaluation: EvaluationSets = None,
    models: Annotated[Path | None, typer.Option(help="A store; what is shipped, without.")] = None,
    model: Annotated[list[str] | None, typer.Option(help="Id of a model; all, without.")] = None,
    newsbank: Newsbank = NEWSBANK,
    beam: Annotated[int | None, typer.Option(help="Beam size; the recipe's, without.")] = None,
    length_penalty: Annotated[float | None, typer.Option(help="The recipe's, without.")] = None,
    channel_weight: Annotated[
        float | None, typer.Option(help="For all; the recipe's, without.")
    ] = None,
    limit: Annotated[int, typer.Option(help="Sentences of each set; 0 for all.")] = 0,
    card: Annotated[Path | None, typer.Option(help="Model card to put the table into.")] = None,
    hints: Annotated[bool, typer.Option(help="Tell the model what rare words mean.")] = True,
    least: Annotated[float, typer.Option(help="Fail under this chrF on NTREX (40 to ship).")] = 0,
) -> None:
    """Score models together, in every direction, and print the model card's table.

    They are those that come with Khabar, searched as their recipe says, unless you say otherwise.
    """
    from khabar.recipe import RecipeBook
    from training.engines import DirectionTwice
    from training.evaluate import SHIPPED_BY, table, weak_directions, write_table
    from training.evaluate import evaluate as run
    from workers.models.store import SHIPPED, ModelStore
    from workers.protocols import Decoding

    store = ModelStore(models or SHIPPED)
    installed = [store.find(one) for one in model] if model else store.installed()
    recipe = RecipeBook.load(None, "builtin").default
    asked = {"beam_size": beam, "length_penalty": length_penalty}
    given = {name: value for name, value in asked.items() if value is not None}
    decoding = Decoding(**recipe.decoding.model_dump() | given)
    weights = recipe.channel_weights
    if channel_weight is not None:
        weights = dict.fromkeys(weights, channel_weight)
    if not installed:
        raise typer.BadParameter(f"no model in {store.folder}; install one", param_hint="--models")
    try:
        found = run(
            installed, newsbank, evaluation, decoding, limit, hints=hints, channel_weights=weights
        )
    except DirectionTwice as error:
        raise typer.BadParameter(str(error), param_hint="--model") from error
    typer.echo(table(found))
    if card:
        write_table(card, table(found))
    weak = list(weak_directions(found, SHIPPED_BY, least))
    for direction, chrf in weak:
        typer.echo(f"Too weak to ship: {direction}, chrF {chrf:.1f}", err=True)
    raise typer.Exit(code=1 if weak else 0)


@app.command()
def doubt(
    evaluation: Annotated[Path, typer.Option(help="Folder of NAME.dev.tsv files.")],
    name: Annotated[str, typer.Option("--set", help="Which of them.")] = "flores",
    models: Annotated[Path | None, typer.Option(help="A store; what is shipped, without.")] = None,
    limit: Annotated[int, typer.Option(help="Sentences; 0 for all.")] = 0,
) -> None:
    """Print how well the models' scores tell their bad translations, for a recipe's doubt_below."""
    from khabar.recipe import RecipeBook
    from training.doubt import doubt_table, doubts
    from training.engines import DirectionTwice
    from training.guard import read_evaluation
    from workers.models.store import SHIPPED, ModelStore
    from workers.protocols import Decoding

    sets = read_evaluation(evaluation)
    if name not in sets:
        given = ", ".join(sorted(sets)) or "none"
        raise typer.BadParameter(f"no such set in {evaluation}: {given}", param_hint="--set")
    store = ModelStore(models or SHIPPED)
    installed = store.installed()
    if not installed:
        raise typer.BadParameter(f"no model in {store.folder}; install one", param_hint="--models")
    recipe = RecipeBook.load(None, "builtin").default
    decoding = Decoding(**recipe.decoding.model_dump())
    rows = sets[name][: limit or None]
    try:
        found = list(doubts(installed, rows, decoding, recipe.channel_weights))
    except DirectionTwice as error:
        raise typer.BadParameter(str(error), param_hint="--models") from error
    typer.echo(doubt_table(found))


@app.command()
def small(
    config: ConfigFile = SMALL,
    work: Work = Path("var/training-small"),
    corpora: Corpora = None,
    evaluation: EvaluationSets = None,
    newsbank: Newsbank = NEWSBANK,
    budget: Budget = 90,
    sentences: Annotated[int, typer.Option(help="Sentences scored of each set.")] = 100,
) -> None:
    """Do all steps in miniature: about five minutes on two cores."""
    from training.evaluate import table
    from training.miniature import Miniature
    from training.prepare import Inputs

    inputs = Inputs(newsbank, evaluation, corpora)
    report, scored = Miniature(read_config(config), config, inputs, work).run(budget, sentences)
    _show(report)
    typer.echo(table(scored))


def _show(found: object) -> None:
    typer.echo(json.dumps(found, ensure_ascii=False, indent=1, default=str))
