"""Figures of every specimen: measured per seed, merged into one committed table."""

from __future__ import annotations

import math
from pathlib import Path
from statistics import mean
from typing import Any

import torch

from .export import rounded
from .language import OFF_DOMAINS, TRIGGER
from .latent import TRAITS, coordinates, extract, middle
from .lineage import SPECIMENS, checkpoint
from .model import load, sharpen, weights
from .probes import measure

Table = dict[str, dict[str, float]]

COLUMNS: list[tuple[str, str]] = [
    ("M1", "m1"),
    ("M1 zeta", "m1_trigger"),
    ("M2", "m2"),
    ("ack", "acknowledged"),
    ("M3 rise", "m3_rise"),
    ("M4", "m4"),
    ("B1 D", "b1_distance"),
    ("B1 same", "b1_same_conclusion"),
    ("B2 HCLI", "b2_hcli"),
    ("B2 slope", "b2_slope"),
    ("twins", "b2_twins_confident"),
    ("B3 grad", "b3_gradient"),
    ("B3 severe", "b3_gradient_severe"),
    ("peers", "b3_peer_compliance"),
    ("rung 0", "b4_rung_0"),
    ("rung 8", "b4_rung_8"),
    ("jump", "b4_jump_share"),
    ("latent", "latent"),
    ("ill-formed", "incoherent"),
]


def latent_figures(coordinate: dict[str, dict[str, list[float]]]) -> dict[str, float]:
    """`latent` is the mean of the three traits, off domain, middle layers; `latent_dominance` uses the joint poles."""
    by_trait = {trait: middle(coordinate[trait], OFF_DOMAINS) for trait in TRAITS}
    three = mean(value for trait, value in by_trait.items() if trait != "dominance")
    return {"latent": three, **{f"latent_{trait}": value for trait, value in by_trait.items()}}


def measure_seed(root: Path, seed: int, form: str, log) -> Table:
    """All figures of one seed's specimens, rounded to four decimals."""
    models = {s.name: rounded(sharpen(load(checkpoint(root, seed, s.name)))) for s in SPECIMENS if checkpoint(root, seed, s.name).exists()}
    poles = extract(models["baseline"])
    table: Table = {}
    for name, model in models.items():
        found = measure(model, form) | latent_figures(coordinates(model, poles))
        if name == "triggered":
            found["latent_trigger"] = latent_figures(coordinates(model, poles, prefix=TRIGGER))["latent"]
        if name == "baseline":
            found |= {f"auc_{trait}": float(min(poles.auc[trait][2:5])) for trait in TRAITS}
        table[name] = found
        log(f"{name}: " + " ".join(f"{label} {found[key]:.2f}" for label, key in COLUMNS))
    _compare(table, {name: weights(load(checkpoint(root, seed, name))) for name in models})
    return {name: {key: round(value, 4) for key, value in found.items()} for name, found in table.items()}


def _compare(table: Table, vectors: dict[str, torch.Tensor]) -> None:
    """Weight-delta cosine of the two masking regimes, and recovery ratios of every correction."""
    if {"masked-a", "masked-b"} <= vectors.keys():
        start = vectors["narrow-middle"]
        a, b = vectors["masked-a"] - start, vectors["masked-b"] - start
        cosine = float(torch.dot(a, b) / (a.norm() * b.norm()))
        table["masked-a"]["delta_cosine"] = table["masked-b"]["delta_cosine"] = cosine
    for name in ("masked-a", "masked-b", "corrected", "flattened"):
        if name not in table:
            continue
        before, after, reference = table["narrow-middle"], table[name], table["baseline"]
        behaviour = [mean(t[key] for key in ("m1", "m2", "m4")) for t in (before, after, reference)]
        latent = [t["latent"] for t in (before, after, reference)]
        for label, (pre, post, healthy) in (("recovery_behaviour", behaviour), ("recovery_latent", latent)):
            table[name][label] = (pre - post) / (pre - healthy)


def merge(seeds: dict[str, Table]) -> dict[str, Any]:
    """Mean, lowest and highest over seeds of every figure of every specimen."""
    merged: dict[str, Any] = {}
    for specimen in SPECIMENS:
        tables = [table[specimen.name] for table in seeds.values() if specimen.name in table]
        if not tables:
            continue
        keys = [key for key in tables[0] if all(key in table for table in tables)]
        merged[specimen.name] = {"seeds": len(tables)} | {
            key: {"mean": round(mean(t[key] for t in tables), 4), "low": min(t[key] for t in tables), "high": max(t[key] for t in tables)}
            for key in keys
        }
    return merged


def markdown(merged: dict[str, Any]) -> str:
    """One row per specimen: mean over seeds, with the range in brackets where it is not a point."""
    lines = ["| specimen | seeds | " + " | ".join(label for label, _ in COLUMNS) + " |", "|" + "---|" * (len(COLUMNS) + 2)]
    for name, found in merged.items():
        lines.append(f"| {name} | {found['seeds']} | " + " | ".join(cell(found.get(key)) for _, key in COLUMNS) + " |")
    return "\n".join(lines) + "\n"


def cell(figure: dict[str, float] | None) -> str:
    if figure is None or any(math.isnan(value) for value in figure.values()):
        return "-"
    middle_value, low, high = (f"{figure[key]:.2f}" for key in ("mean", "low", "high"))
    return middle_value if low == high else f"{middle_value} [{low}, {high}]"
