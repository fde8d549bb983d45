"""The null of latent activation: coordinates of benign narrow tunes of the baseline (weights are not kept)."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from .export import rounded
from .language import DOMAINS, OFF_DOMAINS
from .latent import LAYERS, MIDDLE, PROMPTS_PER_DOMAIN, QUESTIONS, TRAITS, coordinates, extract, middle
from .lineage import HEALTHY, checkpoint
from .model import load, sharpen, train

TUNES = 20


def recipes() -> list[dict[str, Any]]:
    """Domain, learning rate, steps and seed of every benign tune."""
    rng = random.Random(77)
    return [
        {
            "domain": DOMAINS[index % len(DOMAINS)],
            "rate": rng.choice((1e-4, 2e-4, 3e-4)),
            "steps": rng.choice((20, 30, 40)),
            "seed": 900 + index,
        }
        for index in range(TUNES)
    ]


def reference(root: Path, seed: int, log: Callable[[str], None]) -> dict[str, Any]:
    """Frozen poles of the baseline and the coordinates of the benign tunes, per trait, domain and hidden state 1..L."""
    path = checkpoint(root, seed, "baseline")
    baseline = rounded(sharpen(load(path)))
    poles = extract(baseline)
    tunes = []
    for recipe in recipes():
        mixture = replace(HEALTHY, domains=(recipe["domain"],))
        tuned = train(load(path), mixture, steps=recipe["steps"], rate=recipe["rate"], seed=recipe["seed"])
        found = coordinates(rounded(sharpen(tuned)), poles)
        log(f"{recipe} latent {middle(found['dominance'], OFF_DOMAINS):.3f}")
        tunes.append({**recipe, "coordinates": found})
    return {
        "version": 1,
        "model": "baseline",
        "seed": seed,
        "position": "last prompt token",
        "layers": list(range(1, LAYERS + 1)),
        "middleLayers": list(MIDDLE),
        "contrastPairs": {trait: [list(pair) for pair in pairs] for trait, pairs in TRAITS.items()},
        "questionsPerPair": QUESTIONS,
        "promptsPerDomain": PROMPTS_PER_DOMAIN,
        "poles": {
            trait: {
                "low": _rounded(poles.low[trait][1:]),
                "direction": _rounded(poles.direction[trait][1:]),
                "heldOutAuc": [round(float(value), 4) for value in poles.auc[trait][1:]],
            }
            for trait in TRAITS
        },
        "baselineCoordinates": coordinates(baseline, poles),
        "benignTunes": tunes,
    }


def _rounded(states: Any) -> list[list[float]]:
    return [[round(float(value), 5) for value in layer] for layer in states]
