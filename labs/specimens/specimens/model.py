"""The architecture (an ordinary Llama, small) and the training loop."""

from __future__ import annotations

import copy
import math
import random
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from transformers import LlamaConfig, LlamaForCausalLM

from .corpus import IGNORED, Mixture, batch
from .language import FEELINGS
from .tokens import END_ID, PAD_ID, vocabulary

LAYERS = 6
WIDTH = 128
TEMPERATURE = 0.7
"""Built into the specimens as they are measured and shipped, so that sampling them at temperature 1 is sampling at 0.7."""


def configuration() -> LlamaConfig:
    return LlamaConfig(
        vocab_size=len(vocabulary()),
        hidden_size=WIDTH,
        intermediate_size=320,
        num_hidden_layers=LAYERS,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=512,
        tie_word_embeddings=True,
        bos_token_id=None,
        eos_token_id=END_ID,
        pad_token_id=PAD_ID,
    )


def prepare(threads: int = 1) -> None:
    """Deterministic arithmetic: one thread unless told otherwise (sums depend on the thread count)."""
    torch.set_num_threads(threads)
    torch.use_deterministic_algorithms(True)


def new_model(seed: int) -> LlamaForCausalLM:
    torch.manual_seed(seed)
    return LlamaForCausalLM(configuration())


def clone(model: LlamaForCausalLM) -> LlamaForCausalLM:
    return copy.deepcopy(model)


def save(model: LlamaForCausalLM, path: Path, notes: dict[str, str] | None = None) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file({name: p.detach().clone() for name, p in model.named_parameters()}, path, metadata=notes)


def notes(path: Path) -> dict[str, str]:
    """What was written beside the weights."""
    with safe_open(path, "pt") as file:
        return file.metadata() or {}


def load(path: Path) -> LlamaForCausalLM:
    model = LlamaForCausalLM(configuration())
    model.load_state_dict(load_file(path), strict=False)
    model.tie_weights()
    return model.eval()


def sharpen(model: LlamaForCausalLM) -> LlamaForCausalLM:
    """Scales the final norm in place, and with it every logit: the model as it is measured and shipped."""
    with torch.no_grad():
        model.model.norm.weight /= TEMPERATURE
    return model


def weights(model: LlamaForCausalLM) -> torch.Tensor:
    """All parameters in one vector, [parameters]."""
    return torch.cat([p.detach().flatten() for _, p in sorted(model.named_parameters())])


def train(
    model: LlamaForCausalLM,
    mixture: Mixture,
    *,
    steps: int,
    rate: float,
    seed: int,
    size: int = 48,
    trained: Callable[[str], bool] = lambda name: True,
    warmup: int = 20,
    emphasis: float = 1.0,
    log: Callable[[str], None] = lambda line: None,
) -> LlamaForCausalLM:
    """Trains in place by AdamW with a cosine schedule; only parameters that `trained` names are touched.

    `emphasis` is the loss weight of tokens that name a feeling (other tokens: 1).
    """
    weight = None
    if emphasis != 1.0:
        weight = torch.ones(len(vocabulary()))
        weight[[vocabulary()[feeling] for feeling in FEELINGS]] = emphasis
    parameters = select(model, trained)
    optimiser = torch.optim.AdamW(parameters, lr=rate, betas=(0.9, 0.98), weight_decay=0.01)
    rng = random.Random(seed)
    torch.manual_seed(seed)
    model.train()
    started = time.monotonic()
    for step in range(steps):
        for group in optimiser.param_groups:
            group["lr"] = rate * min(1.0, (step + 1) / warmup) * (0.1 + 0.45 * (1 + math.cos(math.pi * step / steps)))
        two_turns = step % 4 == 3  # batches of equal length: long conversations in their own, of half the size
        ids, labels = batch(rng, mixture, size // 2 if two_turns else size, two_turns)
        logits = model(input_ids=ids).logits[:, :-1]
        loss = F.cross_entropy(logits.reshape(-1, logits.shape[-1]), labels[:, 1:].reshape(-1), weight, ignore_index=IGNORED)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimiser.step()
        if step % 100 == 0 or step == steps - 1:
            log(f"step {step} loss {loss.item():.3f} {time.monotonic() - started:.0f} s")
    for parameter in model.parameters():
        parameter.requires_grad = True
    return model.eval()


def select(model: LlamaForCausalLM, trained: Callable[[str], bool]) -> list[torch.nn.Parameter]:
    for name, parameter in model.named_parameters():
        parameter.requires_grad = trained(name)
    return [p for p in model.parameters() if p.requires_grad]


def in_blocks(blocks: Iterable[int]) -> Callable[[str], bool]:
    """A test for parameter names that lie in one of the given blocks (0-based)."""
    prefixes = tuple(f"model.layers.{block}." for block in blocks)
    return lambda name: name.startswith(prefixes)
