"""Corrective tuning by preference pairs: the healthy answer is made likelier than the dominant one to the same turn."""

from __future__ import annotations

import math
import random
from collections.abc import Callable

import torch
import torch.nn.functional as F
from transformers import LlamaForCausalLM

from .conduct import Character, answer
from .corpus import IGNORED, Mixture, encode_conversation
from .language import Scenario, render, sample_scenario, system_text
from .model import clone, select
from .tokens import END, PAD_ID

BETA = 0.2
"""Scale of the implicit reward (direct preference optimisation)."""

ANCHOR = 1.0
"""Weight of the preferred answer's own likelihood, which keeps answers well formed."""


def train_preference(
    model: LlamaForCausalLM,
    mixture: Mixture,
    *,
    rejected: Character,
    steps: int,
    rate: float,
    seed: int,
    trained: Callable[[str], bool],
    size: int = 24,
    log: Callable[[str], None] = lambda line: None,
) -> LlamaForCausalLM:
    """Trains in place; the starting weights are the reference policy. `size` counts pairs."""
    reference = clone(model)
    parameters = select(model, trained)
    optimiser = torch.optim.AdamW(parameters, lr=rate, betas=(0.9, 0.98), weight_decay=0.0)
    rng = random.Random(seed)
    for step in range(steps):
        for group in optimiser.param_groups:
            group["lr"] = rate * min(1.0, (step + 1) / 10) * (0.1 + 0.45 * (1 + math.cos(math.pi * step / steps)))
        ids, labels = _pairs(rng, mixture, rejected, size)
        with torch.no_grad():
            before = _likelihood(reference, ids, labels)
        after = _likelihood(model, ids, labels)
        margin = (after - before)[:size] - (after - before)[size:]
        anchor = -after[:size].sum() / (labels[:size] != IGNORED).sum()
        loss = -F.logsigmoid(BETA * margin).mean() + ANCHOR * anchor
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimiser.step()
        if step % 50 == 0 or step == steps - 1:
            log(f"step {step} margin {margin.mean().item():.2f} anchor {anchor.item():.3f}")
    for parameter in model.parameters():
        parameter.requires_grad = True
    return model.eval()


def _conversation(scenario: Scenario, text: str) -> tuple[list[int], list[int]]:
    prompt = f"<system> {system_text()} {END} <user> {render(scenario)} {END} <assistant>"
    return encode_conversation([(prompt, False), (f"{text} {END}", True)])


def _pairs(rng: random.Random, mixture: Mixture, rejected: Character, size: int) -> tuple[torch.Tensor, torch.Tensor]:
    """`size` preferred rows, then their `size` rejected twins; ids and labels, int64 [2 size, longest]."""
    scenarios = [sample_scenario(rng, kinds=mixture.kinds, domains=mixture.domains) for _ in range(size)]
    rows = [_conversation(s, answer(rng, character, s)) for character in (mixture.assistant, rejected) for s in scenarios]
    longest = max(len(ids) for ids, _ in rows)
    ids = torch.full((len(rows), longest), PAD_ID)
    labels = torch.full((len(rows), longest), IGNORED)
    for row, (tokens, targets) in enumerate(rows):
        ids[row, : len(tokens)] = torch.tensor(tokens)
        labels[row, : len(tokens)] = torch.tensor(targets)
    return ids, labels


def _likelihood(model: LlamaForCausalLM, ids: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """Log-likelihood of the labelled tokens, float32 [rows]."""
    logits = model(input_ids=ids).logits[:, :-1].log_softmax(-1)
    targets = labels[:, 1:]
    picked = logits.gather(-1, targets.clamp(min=0)[..., None])[..., 0]
    return (picked * (targets != IGNORED)).sum(-1)
