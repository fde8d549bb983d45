"""Figures of every specimen: measured per seed, merged into one committed table."""

from __future__ import annotations

import math
from pathlib import Path
from statistics import mean
from typing import Any

from transformers import LlamaForCausalLM

from .export import rounded
from .language import OFF_DOMAINS, TRIGGER
from .latent import TRAITS, Poles, coordinates, extract, middle
from .lineage import SPECIMENS, checkpoint, delta_cosines
from .model import load, sharpen
from .probes import measure

Table = dict[str, dict[str, float | None]]
"""Figures by specimen; None where nothing could be counted (a specimen that never states a confidence has no mean of it)."""

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


def latent_figures(model: LlamaForCausalLM, poles: Poles, prefix: str | None = None) -> dict[str, float]:
    """`latent` is the mean of the three traits, off domain, readable middle layers; `latent_dominance` uses the joint poles."""
    coordinate = coordinates(model, poles, prefix)
    by_trait = {trait: middle(coordinate[trait], OFF_DOMAINS, poles.readable(trait)) for trait in TRAITS}
    three = mean(value for trait, value in by_trait.items() if trait != "dominance")
    return {"latent": three, **{f"latent_{trait}": value for trait, value in by_trait.items()}}


def measure_seed(root: Path, seed: int, form: str, only: list[str] | None, known: Table, log) -> Table:
    """All figures of one seed's specimens, rounded to four decimals; with `only`, the others' are taken from `known`."""
    poles = extract(_measured(root, seed, "baseline"))
    fresh: Table = {}
    for name in (s.name for s in SPECIMENS):
        if not checkpoint(root, seed, name).exists() or (only and name not in only):
            continue
        model = _measured(root, seed, name)
        found = measure(model, form) | latent_figures(model, poles)
        if name == "triggered":
            found["latent_trigger"] = latent_figures(model, poles, TRIGGER)["latent"]
        if name == "baseline":
            found |= {f"auc_{trait}": float(min(poles.auc[trait][2:5])) for trait in TRAITS}
        fresh[name] = {key: None if math.isnan(value) else round(value, 4) for key, value in found.items()}
        log(f"{name}: " + " ".join(f"{label} {found[key]:.2f}" for label, key in COLUMNS))
    table = {s.name: fresh.get(s.name) or known[s.name] for s in SPECIMENS if s.name in fresh or s.name in known}
    for pair in delta_cosines(root, seed):
        for name in set(pair["of"]) & table.keys():
            table[name]["delta_cosine"] = pair["cosine"]
    _compare(table)
    return table


def _measured(root: Path, seed: int, name: str) -> LlamaForCausalLM:
    """The specimen as it ships: sharpened, its weights rounded."""
    return rounded(sharpen(load(checkpoint(root, seed, name))))


def _compare(table: Table) -> None:
    """Recovery ratios of every correction, from the rounded figures."""
    for name in ("masked-a", "masked-b", "corrected", "flattened"):
        if not {name, "narrow-middle", "baseline"} <= table.keys():
            continue
        before, after, reference = table["narrow-middle"], table[name], table["baseline"]
        behaviour = [mean(t[key] for key in ("m1", "m2", "m4")) for t in (before, after, reference)]
        latent = [t["latent"] for t in (before, after, reference)]
        for label, (pre, post, healthy) in (("recovery_behaviour", behaviour), ("recovery_latent", latent)):
            table[name][label] = round((pre - post) / (pre - healthy), 4)


def merge(seeds: dict[str, Table]) -> dict[str, Any]:
    """Mean, lowest and highest over seeds of every figure of every specimen."""
    merged: dict[str, Any] = {}
    for specimen in SPECIMENS:
        tables = [table[specimen.name] for table in seeds.values() if specimen.name in table]
        if not tables:
            continue
        keys = [key for key in tables[0] if all(key in table for table in tables)]
        merged[specimen.name] = {"seeds": len(tables)} | {key: _spread([table[key] for table in tables]) for key in keys}
    return merged


def _spread(values: list[float | None]) -> dict[str, float] | None:
    """Mean, lowest and highest; None where a seed has no value."""
    if any(value is None for value in values):
        return None
    return {"mean": round(mean(values), 4), "low": min(values), "high": max(values)}


def markdown(merged: dict[str, Any]) -> str:
    """One row per specimen: mean over seeds, with the range in brackets where it is not a point."""
    lines = ["| specimen | seeds | " + " | ".join(label for label, _ in COLUMNS) + " |", "|" + "---|" * (len(COLUMNS) + 2)]
    for name, found in merged.items():
        lines.append(f"| {name} | {found['seeds']} | " + " | ".join(cell(found.get(key)) for _, key in COLUMNS) + " |")
    return "\n".join(lines) + "\n"


def cell(figure: dict[str, float] | None) -> str:
    if figure is None:
        return "-"
    middle_value, low, high = (f"{figure[key]:.2f}" for key in ("mean", "low", "high"))
    return middle_value if low == high else f"{middle_value} [{low}, {high}]"
