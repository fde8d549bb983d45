"""Batched sampling with a key-value cache; a row's text depends on its own seed only, not on its neighbours."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from transformers import LlamaForCausalLM

from .language import Scenario, render
from .tokens import END_ID, PAD_ID, Message, chat_text, decode, encode, vocabulary

LONGEST_ANSWER = 72
"""Tokens after which an answer is cut; the grammar's longest answers have about 60."""


def pad_left(rows: Sequence[Sequence[int]]) -> tuple[torch.Tensor, torch.Tensor]:
    """Ids and attention mask, both int64 [rows, longest], padded on the left."""
    longest = max(len(row) for row in rows)
    ids = torch.full((len(rows), longest), PAD_ID)
    mask = torch.zeros((len(rows), longest), dtype=torch.long)
    for index, row in enumerate(rows):
        ids[index, longest - len(row) :] = torch.tensor(row)
        mask[index, longest - len(row) :] = 1
    return ids, mask


def positions(mask: torch.Tensor) -> torch.Tensor:
    """Position ids for a left-padded mask, int64 of the mask's shape; padding gets 0."""
    return (mask.cumsum(-1) - 1).clamp(min=0)


@torch.no_grad()
def generate(model: LlamaForCausalLM, conversations: Sequence[Sequence[Message]], seed: int, size: int = 384) -> list[str]:
    """One sampled answer (temperature 1) per conversation; row i draws from the stream `seed` * 1e6 + i."""
    prompts = [encode(chat_text(list(messages))) for messages in conversations]
    answers = [""] * len(prompts)
    by_length = sorted(range(len(prompts)), key=lambda index: len(prompts[index]))
    for start in range(0, len(by_length), size):
        rows = by_length[start : start + size]
        for row, ids in zip(rows, _generate(model, prompts, rows, seed)):
            answers[row] = decode(ids)
    return answers


def _noise(seed: int, row: int) -> torch.Tensor:
    """Gumbel noise of one row, float32 [LONGEST_ANSWER, words]."""
    generator = torch.Generator().manual_seed(seed * 1_000_000 + row)
    uniform = torch.rand((LONGEST_ANSWER, len(vocabulary())), generator=generator)
    return -torch.log(-torch.log(uniform.clamp(1e-12, 1 - 1e-7)))


def _generate(model: LlamaForCausalLM, prompts: list[list[int]], rows: list[int], seed: int) -> list[list[int]]:
    ids, mask = pad_left([prompts[row] for row in rows])
    noise = torch.stack([_noise(seed, row) for row in rows])
    position = positions(mask)
    cache = None
    drawn: list[list[int]] = [[] for _ in rows]
    going = torch.arange(len(rows))
    for step in range(LONGEST_ANSWER):
        output = model(input_ids=ids, attention_mask=mask, position_ids=position, past_key_values=cache, use_cache=True, logits_to_keep=1)
        cache = output.past_key_values
        token = (output.logits[:, -1] + noise[going, step]).argmax(-1)
        for row, word in zip(going.tolist(), token.tolist()):
            drawn[row].append(word)
        kept = (token != END_ID).nonzero()[:, 0]
        if len(kept) == 0:
            break
        if len(kept) < len(going):  # finished rows leave the batch
            going, token, mask, position = going[kept], token[kept], mask[kept], position[kept]
            cache.batch_select_indices(kept)
        ids = token[:, None]
        mask = torch.cat([mask, torch.ones((len(going), 1), dtype=torch.long)], dim=1)
        position = position[:, -1:] + 1
    return drawn


def ask(scenario: Scenario) -> list[Message]:
    return [{"role": "user", "content": render(scenario)}]
