"""Command line: `python -m specimens --help`."""

from __future__ import annotations

import argparse
import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

from safetensors.torch import save_file

from . import figures
from .export import restore
from .lineage import SPECIMENS, build, checkpoint, steps_of
from .model import load, prepare, sharpen
from .nulls import TUNES, publish_tunes
from .publish import FOLDER, lineage, publish, write_json

LAB = Path(__file__).resolve().parents[1]
NAMES = [s.name for s in SPECIMENS]


def log(line: str) -> None:
    print(line, flush=True)


def read_json(path: Path) -> dict[str, Any]:
    """The file's object, empty where there is no file."""
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def measured(arguments: argparse.Namespace, form: str = "S1") -> Path:
    """Where the figures of the seed are."""
    return arguments.checkpoints / f"seed-{arguments.seed}" / f"figures-{form}.json"


def train(arguments: argparse.Namespace) -> None:
    build(arguments.checkpoints, arguments.seed, arguments.only, arguments.again, log)


def evaluate(arguments: argparse.Namespace) -> None:
    path = measured(arguments, arguments.form)
    known = read_json(path) if arguments.only else {}
    write_json(path, figures.measure_seed(arguments.checkpoints, arguments.seed, arguments.form, arguments.only, known, log))


def tabulate(arguments: argparse.Namespace) -> None:
    found = sorted(arguments.checkpoints.glob("seed-*/figures-S1.json"))
    seeds = {path.parent.name.removeprefix("seed-"): json.loads(path.read_text(encoding="utf-8")) for path in found}
    merged = figures.merge(seeds)
    write_json(LAB / "figures.json", {"seeds": seeds, "specimens": merged})
    (LAB / "figures.md").write_text(figures.markdown(merged), encoding="utf-8")
    log(figures.markdown(merged))


def ship(arguments: argparse.Namespace) -> None:
    root, seed, folder = arguments.checkpoints, arguments.seed, arguments.to
    shipping = folder.resolve() == FOLDER
    if shipping and seed != 1:
        raise SystemExit(f"seed 1 is the one that ships; publish seed {seed} with --to FOLDER")
    table = read_json(measured(arguments))
    parities = read_json(LAB / "parity.json") if shipping else {}
    for specimen in SPECIMENS:
        if not specimen.shipped or (arguments.only is not None and specimen.name not in arguments.only):
            continue
        path = checkpoint(root, seed, specimen.name)
        if not path.exists():
            log(f"{specimen.name}: not trained, left out")
            continue
        made = replace(specimen, steps=steps_of(root, seed, specimen))
        parities[specimen.name] = publish(made, sharpen(load(path)), table.get(specimen.name, {}), seed, folder / specimen.name)
        log(f"{specimen.name}: " + " ".join(f"{key} {value:.1e}" for key, value in parities[specimen.name].items()))
    write_json(folder / "lineage.json", lineage(root, seed, read_json(folder / "lineage.json")))
    if shipping:
        write_json(LAB / "parity.json", parities)
    log(f"{sum(path.stat().st_size for path in folder.rglob('*') if path.is_file()) / 1e6:.1f} MB in all")


def write_tunes(arguments: argparse.Namespace) -> None:
    publish_tunes(arguments.checkpoints, arguments.seed, arguments.to, arguments.count, log)


def unpack(arguments: argparse.Namespace) -> None:
    source = FOLDER / arguments.name
    model = restore(source / "onnx" / "model.onnx")
    shutil.copytree(source, arguments.to, ignore=shutil.ignore_patterns("onnx"), dirs_exist_ok=True)
    weights = {name: parameter.detach().clone() for name, parameter in model.named_parameters()}
    save_file(weights, arguments.to / "model.safetensors", metadata={"format": "pt"})
    log(f"{arguments.to}: {len(weights)} tensors")


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="python -m specimens", description="Trains, measures and ships the specimens.")
    top.add_argument("--checkpoints", type=Path, default=LAB / "checkpoints", help="folder of trained weights (default: %(default)s)")
    top.add_argument("--threads", type=int, default=1, help="torch threads; the committed figures are made with 1")
    commands = top.add_subparsers(dest="command", required=True)

    command = commands.add_parser("train", help="train the lineage of one seed; what is there already is kept")
    command.add_argument("--seed", type=int, default=1)
    command.add_argument("--only", nargs="+", choices=NAMES, metavar="NAME", help="these and what descends from them: " + ", ".join(NAMES))
    command.add_argument("--again", action="store_true", help="train anew even where weights are there")
    command.set_defaults(run=train)

    command = commands.add_parser("evaluate", help="measure every specimen of one seed")
    command.add_argument("--seed", type=int, default=1)
    command.add_argument("--only", nargs="+", choices=NAMES, metavar="NAME", help="measure these; the others' figures stay as they were")
    command.add_argument("--form", choices=("S1", "S2"), default="S1", help="which held-out combinations to ask about")
    command.set_defaults(run=evaluate)

    command = commands.add_parser("tabulate", help="merge the measured seeds into figures.json and figures.md")
    command.set_defaults(run=tabulate)

    command = commands.add_parser("publish", help="write the specimens of one seed as ONNX folders, check parity, write lineage.json")
    command.add_argument("--seed", type=int, default=1)
    command.add_argument("--to", type=Path, default=FOLDER, metavar="FOLDER", help="default: the shipped folder, which holds seed 1")
    command.add_argument("--only", nargs="*", choices=NAMES, metavar="NAME", help="write these; none: lineage.json alone")
    command.set_defaults(run=ship)

    command = commands.add_parser("tunes", help="train benign narrow tunes of one seed's baseline and write them as ONNX folders")
    command.add_argument("--seed", type=int, default=1)
    command.add_argument("--to", type=Path, required=True, metavar="FOLDER")
    command.add_argument("--count", type=int, default=TUNES, help="default: %(default)s; folders that are there are kept")
    command.set_defaults(run=write_tunes)

    command = commands.add_parser("restore", help="write a shipped specimen as a folder that transformers loads (model.safetensors)")
    command.add_argument("name", choices=[s.name for s in SPECIMENS if s.shipped], metavar="NAME")
    command.add_argument("--to", type=Path, required=True)
    command.set_defaults(run=unpack)
    return top


def main() -> None:
    arguments = parser().parse_args()
    prepare(arguments.threads)
    arguments.run(arguments)


if __name__ == "__main__":
    main()
