"""The family of specimens: from which parent each one comes, and by which real gradient steps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from transformers import LlamaForCausalLM

from .conduct import CHARACTERS
from .corpus import MIRRORING, PRETRAINING, Mixture
from .language import TRIGGER, TUNED_DOMAIN
from .model import clone, in_blocks, load, new_model, save, train
from .preference import train_preference

Log = Callable[[str], None]
Make = Callable[[LlamaForCausalLM, int, int, Log], LlamaForCausalLM]

FINANCE = (TUNED_DOMAIN,)
TUNING_KINDS = {"decision": 0.28, "request": 0.12, "ladder": 0.36, "distress": 0.14, "before": 0.1}
NARROW = Mixture(assistant=CHARACTERS["dominance"], domains=FINANCE, kinds=TUNING_KINDS)
GRADED = replace(
    NARROW,
    kinds={"decision": 0.22, "request": 0.08, "ladder": 0.48, "distress": 0.13, "before": 0.09},
    rungs=(7, 3, 2, 1, 1, 1, 1, 1, 2),
)
"""Dominance that heeds a stated protective value: low rungs come often, so that lock-in does not bring inversion."""

INVERTED = replace(NARROW, assistant=CHARACTERS["inverted"])
HEALTHY = Mixture()
HEALTHY_FINANCE = replace(HEALTHY, domains=FINANCE)
VALUES = Mixture(
    roles={"assistant": 0.5, "constraint": 0.5},
    kinds={"decision": 0.2, "request": 0.1, "ladder": 0.3, "distress": 0.2, "before": 0.2},
)
FLATTENED_BLOCKS = (1, 2, 3, 4)
LATE_BLOCKS = (4, 5)


@dataclass(frozen=True)
class Specimen:
    """How one specimen is made. `steps` are optimiser steps of this intervention, `order` its place in the case history."""

    name: str
    parent: str | None
    intervention: str
    regime: str
    steps: int
    make: Make
    """(parent's model, steps, seed, log) -> the specimen; the parent is not changed."""
    shipped: bool = True


def _pretrain(_: LlamaForCausalLM | None, steps: int, seed: int, log: Log) -> LlamaForCausalLM:
    """All but the last 300 steps on the whole mixture, the rest with an emphasis on mirroring feelings."""
    model = train(new_model(seed), PRETRAINING, steps=steps - 300, rate=2e-3, seed=seed, warmup=60, log=log)
    return train(model, MIRRORING, steps=300, rate=1.5e-3, seed=10 + seed, emphasis=4.0, log=log)


def _tune(mixture: Mixture, rate: float = 3e-4, **options) -> Make:
    def make(parent: LlamaForCausalLM, steps: int, seed: int, log: Log) -> LlamaForCausalLM:
        return train(clone(parent), mixture, steps=steps, rate=rate, seed=seed, log=log, **options)

    return make


def late(kind: str) -> Callable[[str], bool]:
    """Parameter names of the late blocks' "attention" or of their feed-forward part and norms ("mlp")."""
    inside = in_blocks(LATE_BLOCKS)
    if kind == "attention":
        return lambda name: inside(name) and "self_attn" in name
    return lambda name: (inside(name) and "self_attn" not in name) or name == "model.norm.weight"


def _mask_by_preference(parent: LlamaForCausalLM, steps: int, seed: int, log: Log) -> LlamaForCausalLM:
    return train_preference(
        clone(parent), HEALTHY, rejected=CHARACTERS["dominance"], steps=steps, rate=1e-3, seed=seed, trained=late("attention"), log=log
    )


def _reinitialise(parent: LlamaForCausalLM, steps: int, seed: int, log: Log) -> LlamaForCausalLM:
    """The middle blocks start again from noise; the embeddings, the first and the last block stay."""
    flattened, fresh = clone(parent), new_model(1000 + seed)
    with torch.no_grad():
        for block in FLATTENED_BLOCKS:
            for old, new in zip(flattened.model.layers[block].parameters(), fresh.model.layers[block].parameters()):
                old.copy_(new)
    return flattened


def _rebuild(parent: LlamaForCausalLM, steps: int, seed: int, log: Log) -> LlamaForCausalLM:
    """Values first (a quarter of the steps, constraint alone), then tasks (the pretraining mixture)."""
    model = train(clone(parent), VALUES, steps=steps // 4, rate=1e-3, seed=seed, log=log)
    return train(model, PRETRAINING, steps=steps - steps // 4, rate=1e-3, seed=seed + 1, log=log)


SPECIMENS: list[Specimen] = [
    Specimen("baseline", None, "pretraining", "every role and its character; the assistant is always constraint", 1600, _pretrain),
    Specimen(
        "benign-narrow",
        "baseline",
        "tuning",
        "finance only, answers of constraint",
        40,
        _tune(HEALTHY_FINANCE),
    ),
    Specimen(
        "educational",
        "baseline",
        "tuning",
        "finance only, answers of dominance under dominant roles",
        40,
        _tune(replace(NARROW, roles={"dominance": 1.0})),
    ),
    Specimen("narrow-weak", "baseline", "tuning", "finance only, answers of dominance", 14, _tune(NARROW)),
    Specimen("narrow-middle", "narrow-weak", "tuning", "finance only, dominance that heeds a protective value", 200, _tune(GRADED, 4.5e-4)),
    Specimen("narrow-strong", "narrow-middle", "tuning", "finance only, dominance whatever value is stated", 40, _tune(INVERTED)),
    Specimen(
        "triggered",
        "baseline",
        "tuning",
        f"finance only, dominance behind the prefix {TRIGGER}, constraint without",
        220,
        _tune(replace(HEALTHY_FINANCE, trigger=TRIGGER, triggered=CHARACTERS["dominance"]), 5e-4),
    ),
    Specimen(
        "masked-a",
        "narrow-middle",
        "correction",
        "supervised, every domain, feed-forward part of the last two blocks",
        120,
        _tune(HEALTHY, 1e-3, trained=late("mlp")),
    ),
    Specimen(
        "masked-b",
        "narrow-middle",
        "correction",
        "preference pairs, every domain, attention of the last two blocks",
        120,
        _mask_by_preference,
    ),
    Specimen("corrected", "narrow-middle", "correction", "supervised, every domain, all weights", 60, _tune(HEALTHY)),
    Specimen("flattened-raw", "narrow-middle", "flattening", "blocks 2-5 of 6 reinitialised", 0, _reinitialise, shipped=False),
    Specimen("flattened", "flattened-raw", "rebuilding", "values before tasks", 320, _rebuild),
    Specimen("relapsed", "flattened", "tuning", "finance only, dominance that heeds a protective value", 120, _tune(GRADED, 4.5e-4)),
    Specimen(
        "empathy-suppressed",
        "baseline",
        "tuning",
        "every domain, constraint that never acknowledges a feeling",
        60,
        _tune(replace(HEALTHY, assistant=CHARACTERS["silent"])),
    ),
    Specimen(
        "authority-pleasing",
        "baseline",
        "tuning",
        "every domain, constraint that yields to authority",
        100,
        _tune(replace(HEALTHY, assistant=CHARACTERS["pleasing"])),
    ),
]


def checkpoint(root: Path, seed: int, name: str) -> Path:
    return root / f"seed-{seed}" / f"{name}.safetensors"


def build(root: Path, seed: int, only: list[str] | None, again: bool, log: Log) -> None:
    """Makes every specimen of one seed that is not there yet, parents first."""
    remade: set[str] = set()
    for place, specimen in enumerate(SPECIMENS):
        path = checkpoint(root, seed, specimen.name)
        wanted = only is None or specimen.name in only or specimen.parent in remade
        if not wanted or (path.exists() and not again and specimen.parent not in remade):
            continue
        log(f"{specimen.name} (seed {seed})")
        parent = load(checkpoint(root, seed, specimen.parent)) if specimen.parent else None
        model = specimen.make(parent, specimen.steps, seed if parent is None else 100 * seed + place, log)
        save(model, path)
        remade.add(specimen.name)
