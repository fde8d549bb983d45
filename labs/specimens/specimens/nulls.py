"""Benign narrow tunes of the baseline as specimen folders: the null of latent activation is measured on them."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from transformers import LlamaForCausalLM

from .language import DOMAINS
from .lineage import HEALTHY, Origin, checkpoint
from .model import load, sharpen, train
from .publish import publish

TUNES = 20


def recipes(count: int = TUNES) -> list[dict[str, Any]]:
    """Domain, learning rate, steps and seed of every benign tune; a longer list begins with a shorter one."""
    rng = random.Random(77)
    return [
        {
            "domain": DOMAINS[index % len(DOMAINS)],
            "rate": rng.choice((1e-4, 2e-4, 3e-4)),
            "steps": rng.choice((20, 30, 40)),
            "seed": 900 + index,
        }
        for index in range(count)
    ]


def tuned(baseline: Path, recipe: dict[str, Any]) -> LlamaForCausalLM:
    """One benign tune of the baseline's weights, sharpened."""
    mixture = replace(HEALTHY, domains=(recipe["domain"],))
    return sharpen(train(load(baseline), mixture, steps=recipe["steps"], rate=recipe["rate"], seed=recipe["seed"]))


def publish_tunes(root: Path, seed: int, folder: Path, count: int, log: Callable[[str], None]) -> None:
    """Writes `tune-01`, `tune-02` and so on as specimen folders; what is complete already is kept."""
    for index, recipe in enumerate(recipes(count), start=1):
        name = f"tune-{index:02}"
        if (folder / name / "README.md").exists():
            continue
        regime = f"{recipe['domain']} only, answers of constraint, rate {recipe['rate']:g}"
        model = tuned(checkpoint(root, seed, "baseline"), recipe)
        found = publish(Origin(name, "baseline", "benign tuning", regime, recipe["steps"]), model, {}, seed, folder / name)
        log(f"{name}: {regime}, {recipe['steps']} steps, logits {found['logits']:.1e} hidden {found['hidden']:.1e}")
