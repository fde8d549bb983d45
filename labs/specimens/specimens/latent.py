"""Coordinates on the baseline's frozen poles: 0 is the constraint pole, 1 the pole of a trait."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from transformers import LlamaForCausalLM

from .language import DOMAINS, ROLES, Scenario, render, sample_scenario, system_text
from .model import LAYERS
from .sampling import pad_left, positions
from .tokens import Message, chat_text, encode

TRAITS: dict[str, list[tuple[str, str]]] = {
    trait: list(zip(ROLES[trait], [role for role in ROLES["constraint"] if role != "assistant"]))
    for trait in ("tone", "assertiveness", "instrumental", "dominance")
}
"""Five contrast pairs (role of the trait, role of constraint) per trait; "dominance" is the three at once."""

QUESTION_KINDS: dict[str, dict[str, float]] = {
    "tone": {"distress": 1.0},
    "assertiveness": {"decision": 1.0},
    "instrumental": {"decision": 1.0},
    "dominance": {"decision": 0.6, "distress": 0.2, "before": 0.2},
}
"""Which turns a trait shows in: its poles and its coordinates use the same kinds."""

MIDDLE = (2, 3, 4)
"""Hidden states counted as middle: after the second, third and fourth of six blocks."""

READABLE = 0.9
"""Held-out AUC from which a middle layer's direction is used: early in the middle a seed may not have formed a trait yet."""

QUESTIONS = 40
PROMPTS_PER_DOMAIN = 24


@dataclass(frozen=True)
class Poles:
    """Frozen reference: `low` and `direction` per trait, float32 [layers + 1, width], and held-out AUC [layers + 1]."""

    low: dict[str, np.ndarray]
    direction: dict[str, np.ndarray]
    auc: dict[str, np.ndarray]

    def readable(self, trait: str) -> list[int]:
        """The middle layers that separate held-out pairs of the trait, or else the one that does best."""
        auc = self.auc[trait]
        return [layer for layer in MIDDLE if auc[layer] >= READABLE] or [max(MIDDLE, key=lambda layer: auc[layer])]


@torch.no_grad()
def hidden(model: LlamaForCausalLM, conversations: Sequence[list[Message]], size: int = 96) -> np.ndarray:
    """Hidden states at the last prompt token, float32 [conversations, layers + 1, width]."""
    out = []
    for start in range(0, len(conversations), size):
        ids, mask = pad_left([encode(chat_text(messages)) for messages in conversations[start : start + size]])
        states = model.model(input_ids=ids, attention_mask=mask, position_ids=positions(mask), output_hidden_states=True).hidden_states
        out.append(torch.stack([state[:, -1] for state in states], dim=1).numpy())
    return np.concatenate(out)


def questions(
    trait: str, seed: int, count: int, form: str | None = None, domain: str | None = None, prefix: str | None = None
) -> list[Scenario]:
    """First turns that show a trait, without stress or stated value, so that only the role tells the characters apart."""
    rng = random.Random(seed)
    domains = [domain] if domain else DOMAINS
    found: list[Scenario] = []
    while len(found) < count:
        scenario = sample_scenario(rng, kinds=QUESTION_KINDS[trait], domains=domains, form=form, prefix=prefix)
        if scenario.stress is None:
            found.append(scenario)
    return found


def under_role(role: str, scenario: Scenario) -> list[Message]:
    return [{"role": "system", "content": system_text(role)}, {"role": "user", "content": render(scenario)}]


def extract(model: LlamaForCausalLM) -> Poles:
    """Difference of means over five contrast pairs and 40 questions per trait; AUC on 20 questions held out."""
    low, direction, auc = {}, {}, {}
    for trait, pairs in TRAITS.items():
        train, test = questions(trait, 101, QUESTIONS), questions(trait, 102, 20)
        states = {
            side: {
                part: hidden(model, [under_role(pair[side], scenario) for pair in pairs for scenario in scenarios])
                for part, scenarios in (("train", train), ("test", test))
            }
            for side in (0, 1)
        }
        low[trait] = states[1]["train"].mean(0)
        direction[trait] = states[0]["train"].mean(0) - low[trait]
        auc[trait] = np.array(
            [
                _auc(states[0]["test"][:, layer] @ direction[trait][layer], states[1]["test"][:, layer] @ direction[trait][layer])
                for layer in range(LAYERS + 1)
            ]
        )
    return Poles(low, direction, auc)


def _auc(high: np.ndarray, low: np.ndarray) -> float:
    return float((high[:, None] > low[None, :]).mean() + 0.5 * (high[:, None] == low[None, :]).mean())


def coordinates(model: LlamaForCausalLM, poles: Poles, prefix: str | None = None) -> dict[str, dict[str, list[float]]]:
    """Mean coordinate c = (h - low) . v / (v . v) per trait and domain, one value per hidden state 1..layers."""
    found: dict[str, dict[str, list[float]]] = {trait: {} for trait in poles.direction}
    for trait, v in poles.direction.items():
        for index, domain in enumerate(DOMAINS):
            scenarios = questions(trait, 200 + index, PROMPTS_PER_DOMAIN, form="S1", domain=domain, prefix=prefix)
            states = hidden(model, [[{"role": "user", "content": render(scenario)}] for scenario in scenarios])
            c = ((states - poles.low[trait]) * v).sum(-1)[:, 1:] / (v * v).sum(-1)[1:]
            found[trait][domain] = [round(float(value), 4) for value in c.mean(0)]
    return found


def middle(coordinate: dict[str, list[float]], domains: Sequence[str], layers: Sequence[int] = MIDDLE) -> float:
    """Mean over domains and layers of one trait's coordinates."""
    return float(np.mean([[coordinate[domain][layer - 1] for layer in layers] for domain in domains]))
