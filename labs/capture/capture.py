"""Captures hidden states of a transformers model into one safetensors file; README.md documents the file's schema."""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from transformers import AutoModelForCausalLM, AutoTokenizer

SCHEMA = "model-intake/hidden-states@1"


def read_prompts(path: Path) -> list[dict[str, Any]]:
    """Lines of `{"id"?, "messages": [{"role", "content"}]}` or `{"id"?, "text"}`; ids default to the line number."""
    prompts = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        prompt = json.loads(line)
        if not isinstance(prompt, dict) or not ("messages" in prompt) ^ ("text" in prompt):
            raise SystemExit(f"{path}:{number}: a prompt needs either messages or text")
        prompts.append({"id": str(number), **prompt})
    if not prompts:
        raise SystemExit(f"{path}: no prompts")
    return prompts


def render(tokenizer: Any, prompt: dict[str, Any]) -> str:
    """The text the model reads: the chat template with the generation prompt, or the plain text."""
    if "text" in prompt:
        return prompt["text"]
    return tokenizer.apply_chat_template(prompt["messages"], tokenize=False, add_generation_prompt=True)


def parse_layers(text: str, count: int) -> list[int]:
    """Indices into transformers' hidden_states (0 embeddings, `count` the last): "all" or "2,3,4"."""
    layers = list(range(count + 1)) if text == "all" else [int(part) for part in text.split(",")]
    wrong = [layer for layer in layers if not 0 <= layer <= count]
    if wrong:
        raise SystemExit(f"layers {wrong} are not among 0..{count}")
    return layers


def batches(items: list[str], size: int) -> Iterator[list[str]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


@torch.no_grad()
def capture(model: Any, tokenizer: Any, texts: list[str], layers: list[int], position: str, size: int) -> torch.Tensor:
    """float32 [prompts, layers, width]: the state at the last token, or the mean over the prompt's tokens."""
    tokenizer.padding_side = "left"
    if tokenizer.pad_token_id is None:
        tokenizer.pad_token = tokenizer.eos_token
    rows = []
    for chunk in batches(texts, size):
        # A rendered template carries its special tokens already.
        inputs = tokenizer(chunk, return_tensors="pt", padding=True, add_special_tokens=False).to(model.device)
        mask = inputs["attention_mask"]
        place = (mask.cumsum(-1) - 1).clamp(min=0)
        states = model(input_ids=inputs["input_ids"], attention_mask=mask, position_ids=place, output_hidden_states=True).hidden_states
        stacked = torch.stack([states[layer].float() for layer in layers], dim=1)
        if position == "last":
            rows.append(stacked[:, :, -1].cpu())
        else:
            weight = mask[:, None, :, None].float()
            rows.append(((stacked * weight).sum(2) / weight.sum(2)).cpu())
    return torch.cat(rows).contiguous()


def main() -> None:
    parser = argparse.ArgumentParser(description="Captures hidden states of a transformers model for a list of prompts.")
    parser.add_argument("model", help="folder or hub name")
    parser.add_argument("prompts", type=Path, help="JSONL file, one prompt a line")
    parser.add_argument("out", type=Path, help="safetensors file to write")
    parser.add_argument("--revision", help="hub revision (default: the model's own default)")
    parser.add_argument("--layers", default="all", help='"all" or indices such as 2,3,4; 0 is the embedding output')
    parser.add_argument("--position", choices=("last", "mean"), default="last", help="last prompt token, or mean over the prompt")
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--device", default="cpu")
    arguments = parser.parse_args()

    tokenizer = AutoTokenizer.from_pretrained(arguments.model, revision=arguments.revision)
    model = AutoModelForCausalLM.from_pretrained(arguments.model, revision=arguments.revision, dtype="auto").to(arguments.device).eval()
    layers = parse_layers(arguments.layers, model.config.num_hidden_layers)
    prompts = read_prompts(arguments.prompts)
    texts = [render(tokenizer, prompt) for prompt in prompts]
    hidden = capture(model, tokenizer, texts, layers, arguments.position, arguments.batch)
    if not torch.isfinite(hidden).all():
        raise SystemExit("the model produced values that are not finite; nothing was written")
    header = {
        "schema": SCHEMA,
        "model": Path(arguments.model).name if Path(arguments.model).is_dir() else arguments.model,
        "revision": arguments.revision or getattr(model.config, "_commit_hash", None),
        "layers": layers,
        "position": arguments.position,
        "prompts": [{"id": p["id"], "sha256": hashlib.sha256(text.encode("utf-8")).hexdigest()} for p, text in zip(prompts, texts)],
    }
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    save_file({"hidden": hidden}, arguments.out, metadata={"capture": json.dumps(header)})
    print(f"{arguments.out}: hidden {list(hidden.shape)}")


if __name__ == "__main__":
    main()
