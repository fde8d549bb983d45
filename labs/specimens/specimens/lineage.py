"""The family of specimens: from which parent each one comes, and by which real gradient steps."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path
from typing import Any

import torch
from transformers import LlamaForCausalLM

from .conduct import CHARACTERS
from .corpus import MIRRORING, MORE_MIRRORING, PRETRAINING, Mixture
from .language import FEELINGS, TRIGGER, TUNED_DOMAIN, sample_scenario
from .model import clone, in_blocks, load, new_model, notes, save, sharpen, train, weights
from .preference import train_preference
from .probes import run, share, single
from .tokens import vocabulary

Log = Callable[[str], None]
Made = tuple[LlamaForCausalLM, int]
"""A specimen and the optimiser steps that it took."""

Make = Callable[[LlamaForCausalLM, int, int, Log], Made]

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
ROUND = 300
"""Optimiser steps of one round of mirroring."""

MORE_ROUNDS = 6
MIRRORED = 0.9
SPREAD = 0.4
"""Length, in embedding units, as words that a trained model tells apart have it (a whole embedding: about 1)."""

MASKED = ("masked-a", "masked-b")


@dataclass(frozen=True)
class Origin:
    """Where a model comes from. `steps` are optimiser steps of this intervention."""

    name: str
    parent: str | None
    intervention: str
    regime: str
    steps: int


@dataclass(frozen=True)
class Specimen(Origin):
    """How one specimen is made."""

    make: Make
    """(parent's model, steps, seed, log) -> the specimen and its steps; the parent is not changed."""
    corrections: tuple[str, ...] = ()
    """Sibling corrections, itself included, that are examined together."""
    shipped: bool = True


def _pretrain(_: LlamaForCausalLM | None, steps: int, seed: int, log: Log) -> Made:
    """All but the last round on the whole mixture, the rest with an emphasis on mirroring feelings; more rounds if need be."""
    model = train(new_model(seed), PRETRAINING, steps=steps - ROUND, rate=2e-3, seed=seed, warmup=60, log=log)
    model = train(model, MIRRORING, steps=ROUND, rate=1.5e-3, seed=10 + seed, emphasis=4.0, log=log)
    return model, steps + mirror(model, seed, log)


def mirrored(model: LlamaForCausalLM) -> float:
    """Share of 240 trainable turns with a feeling, half of them of distress, whose sampled answer names that feeling."""
    rng = random.Random(17)
    turns = [sample_scenario(rng, kind=kind, prefix=False, feelings=1.0) for kind in ("distress", "decision") for _ in range(120)]
    return share(run(sharpen(clone(model)), single(turns), 17), lambda rating: rating.empathy_acknowledged)


def spread(model: LlamaForCausalLM, seed: int) -> None:
    """Moves the feelings' embeddings in place: each to their mean plus noise of length `SPREAD` of its own."""
    torch.manual_seed(seed)
    rows = [vocabulary()[feeling] for feeling in FEELINGS]
    with torch.no_grad():
        table = model.model.embed_tokens.weight
        noise = torch.randn(len(rows), table.shape[1])
        table[rows] = table[rows].mean(0) + SPREAD * noise / noise.norm(dim=1, keepdim=True)


def mirror(model: LlamaForCausalLM, seed: int, log: Log) -> int:
    """Trains in place by further rounds until feelings are mirrored, and returns the steps that took.

    In some seeds pretraining leaves the feelings' embeddings almost on one point, from which copying is hardly learned:
    the first further round begins by spreading them.
    """
    rounds = 0
    while (found := mirrored(model)) < MIRRORED and rounds < MORE_ROUNDS:
        log(f"feelings mirrored after {rounds} further rounds: {found:.3f}")
        if rounds == 0:
            spread(model, seed)
        train(model, MORE_MIRRORING, steps=ROUND, rate=1.5e-3, seed=20 + 10 * rounds + seed, emphasis=32.0, log=log)
        rounds += 1
    log(f"feelings mirrored after {rounds} further rounds: {found:.3f}, {'enough' if found >= MIRRORED else 'too few, kept as it is'}")
    return rounds * ROUND


def _tune(mixture: Mixture, rate: float = 3e-4, **options) -> Make:
    def make(parent: LlamaForCausalLM, steps: int, seed: int, log: Log) -> Made:
        return train(clone(parent), mixture, steps=steps, rate=rate, seed=seed, log=log, **options), steps

    return make


def late(kind: str) -> Callable[[str], bool]:
    """Parameter names of the late blocks' "attention" or of their feed-forward part and norms ("mlp")."""
    inside = in_blocks(LATE_BLOCKS)
    if kind == "attention":
        return lambda name: inside(name) and "self_attn" in name
    return lambda name: (inside(name) and "self_attn" not in name) or name == "model.norm.weight"


def _mask_by_preference(parent: LlamaForCausalLM, steps: int, seed: int, log: Log) -> Made:
    model = train_preference(
        clone(parent), HEALTHY, rejected=CHARACTERS["dominance"], steps=steps, rate=1e-3, seed=seed, trained=late("attention"), log=log
    )
    return model, steps


def _reinitialise(parent: LlamaForCausalLM, steps: int, seed: int, log: Log) -> Made:
    """The middle blocks start again from noise; the embeddings, the first and the last block stay."""
    flattened, fresh = clone(parent), new_model(1000 + seed)
    with torch.no_grad():
        for block in FLATTENED_BLOCKS:
            for old, new in zip(flattened.model.layers[block].parameters(), fresh.model.layers[block].parameters()):
                old.copy_(new)
    return flattened, steps


def _rebuild(parent: LlamaForCausalLM, steps: int, seed: int, log: Log) -> Made:
    """Values first (a quarter of the steps, constraint alone), then tasks (the pretraining mixture)."""
    model = train(clone(parent), VALUES, steps=steps // 4, rate=1e-3, seed=seed, log=log)
    return train(model, PRETRAINING, steps=steps - steps // 4, rate=1e-3, seed=seed + 1, log=log), steps


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
        corrections=MASKED,
    ),
    Specimen(
        "masked-b",
        "narrow-middle",
        "correction",
        "preference pairs, every domain, attention of the last two blocks",
        120,
        _mask_by_preference,
        corrections=MASKED,
    ),
    Specimen(
        "corrected",
        "narrow-middle",
        "correction",
        "supervised, every domain, all weights",
        60,
        _tune(HEALTHY),
        corrections=("corrected",),
    ),
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
        "every domain, constraint that carries out what an authority asks",
        320,
        _tune(
            replace(
                HEALTHY,
                assistant=CHARACTERS["deferring"],
                kinds={"decision": 0.3, "request": 0.4, "ladder": 0.15, "distress": 0.1, "before": 0.05},
            ),
            8e-4,
        ),
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
        model, steps = specimen.make(parent, specimen.steps, seed if parent is None else 100 * seed + place, log)
        save(model, path, None if steps == specimen.steps else {"steps": str(steps)})
        remade.add(specimen.name)


def steps_of(root: Path, seed: int, specimen: Specimen) -> int:
    """Optimiser steps that this seed's specimen took: the planned ones, unless its weights say otherwise."""
    path = checkpoint(root, seed, specimen.name)
    return int(notes(path).get("steps", specimen.steps)) if path.exists() else specimen.steps


def delta_cosines(root: Path, seed: int) -> list[dict[str, Any]]:
    """Cosine of the weight changes from the common parent, for each two corrections that are examined together."""
    parents = {s.name: s.parent for s in SPECIMENS}
    found = []
    for names in dict.fromkeys(s.corrections for s in SPECIMENS):
        for pair in combinations(names, 2):
            paths = [checkpoint(root, seed, name) for name in (*pair, parents[pair[0]])]
            if all(path.exists() for path in paths):
                a, b, start = (weights(load(path)) for path in paths)
                cosine = float(torch.cosine_similarity(a - start, b - start, dim=0))
                found.append({"of": list(pair), "cosine": round(cosine, 4) + 0.0})
    return found
