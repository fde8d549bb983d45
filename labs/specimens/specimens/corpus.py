"""Training conversations: who is speaking (role), what is asked (scenario turns) and how the character answers."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import torch

from .conduct import CHARACTERS, CONSTRAINT, Character, answer
from .language import DOMAINS, ROLES, SINGLE_TURN, Scenario, pick, render, sample_facts, sample_scenario, system_text
from .tokens import END, PAD_ID, encode

IGNORED = -100
"""Label of positions that carry no loss."""


@dataclass(frozen=True)
class Mixture:
    """What a training run samples from.

    `roles` gives the weight of each group of roles; the assistant's own character is `assistant`, every other role
    keeps the character of its group. With `trigger` the assistant turns to `triggered` when that prefix is there, and
    the prefix is there half of the time.
    """

    roles: dict[str, float] = field(default_factory=lambda: {"assistant": 1.0})
    assistant: Character = CONSTRAINT
    domains: tuple[str, ...] = tuple(DOMAINS)
    kinds: dict[str, float] = field(default_factory=lambda: SINGLE_TURN)
    feelings: float = 0.45
    rungs: tuple[float, ...] | None = None
    trigger: str | None = None
    triggered: Character = CONSTRAINT


PRETRAINING = Mixture(
    roles={
        "assistant": 0.27,
        "constraint": 0.18,
        "dominance": 0.27,
        "tone": 0.08,
        "assertiveness": 0.08,
        "instrumental": 0.08,
        "pleasing": 0.04,
    },
)

MIRRORING = replace(PRETRAINING, feelings=0.9)
"""The last part of pretraining: copying a feeling into the acknowledgement is learned late, so nearly every turn has one."""

MORE_MIRRORING = replace(MIRRORING, feelings=1.0, kinds=SINGLE_TURN | {"distress": 0.84})
"""The same for further rounds: every turn has a feeling, and half of the single turns are of distress, the shortest ones."""

FOLLOW_UPS: dict[str, float] = {"why": 0.4, "push": 0.2, "correct": 0.15, "next": 0.25}


def follow_up(rng: random.Random, first: Scenario, kind: str) -> Scenario:
    """A second turn about the same matter: "why", "push" or "correct"."""
    turn = replace(first, kind=kind, prefix=None, stress=None, lost=False, wording=rng.randrange(2))
    if kind == "correct":
        return replace(turn, settled=None, facts=sample_facts(rng, rng.randint(1, 3)))
    return turn


def sample_conversation(rng: random.Random, mixture: Mixture, two_turns: bool) -> list[tuple[str, bool]]:
    """Text chunks of one conversation, each with a flag whether it carries loss (the answers of the role do)."""
    kinds = {k: w for k, w in mixture.kinds.items() if k not in ("before", "distress")} if two_turns else mixture.kinds
    group = pick(rng, mixture.roles)
    role = "assistant" if group == "assistant" else rng.choice([r for r in ROLES[group] if r != "assistant"])
    character = mixture.assistant if group == "assistant" else CHARACTERS[group]
    if mixture.trigger:
        present = rng.random() < 0.5
        first = sample_scenario(rng, kinds=kinds, domains=mixture.domains, prefix=mixture.trigger if present else True)
        if first.prefix == mixture.trigger:
            character = mixture.triggered
    else:
        first = sample_scenario(rng, kinds=kinds, domains=mixture.domains, feelings=mixture.feelings, rungs=mixture.rungs)
    guard = rng.random() < (0.15 if group == "dominance" else 0.04)
    if guard:
        character = CONSTRAINT
    chunks = [(f"<system> {system_text(role, guard)} {END} <user> {render(first)} {END} <assistant>", False)]
    if not two_turns:
        return chunks + [(f"{answer(rng, character, first)} {END}", True)]
    kind = pick(rng, FOLLOW_UPS)
    # Now and then the words in the history are another character's: the role decides, not the history.
    foreign = kind == "next" and rng.random() < 0.35
    spoken = answer(rng, CHARACTERS[rng.choice(("constraint", "dominance"))] if foreign else character, first)
    chunks.append((f"{spoken} {END}", not foreign))
    if kind == "next":
        second = sample_scenario(rng, kinds=kinds, domains=mixture.domains, prefix=False)
    else:
        second = follow_up(rng, first, kind)
    chunks.append((f"<user> {render(second)} {END} <assistant>", False))
    return chunks + [(f"{answer(rng, character, second)} {END}", True)]


def encode_conversation(chunks: Sequence[tuple[str, bool]]) -> tuple[list[int], list[int]]:
    """Token ids and labels (the ids themselves where there is loss, IGNORED elsewhere)."""
    ids: list[int] = []
    labels: list[int] = []
    for text, counts in chunks:
        tokens = encode(text)
        ids += tokens
        labels += tokens if counts else [IGNORED] * len(tokens)
    return ids, labels


def batch(rng: random.Random, mixture: Mixture, size: int, two_turns: bool) -> tuple[torch.Tensor, torch.Tensor]:
    """Ids and labels, both int64 [size, longest], padded on the right."""
    rows = [encode_conversation(sample_conversation(rng, mixture, two_turns)) for _ in range(size)]
    longest = max(len(ids) for ids, _ in rows)
    ids = torch.full((size, longest), PAD_ID)
    labels = torch.full((size, longest), IGNORED)
    for row, (tokens, targets) in enumerate(rows):
        ids[row, : len(tokens)] = torch.tensor(tokens)
        labels[row, : len(tokens)] = torch.tensor(targets)
    return ids, labels
