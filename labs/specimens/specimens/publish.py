"""Writes specimens as ordinary Hugging Face folders, with the family's lineage beside them."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from transformers import LlamaForCausalLM

from .export import OPSET, export, names, parity, rounded
from .language import LANGUAGE_FILE
from .lineage import SPECIMENS, Origin, Specimen, delta_cosines, steps_of
from .model import LAYERS, TEMPERATURE, WIDTH, configuration
from .tokens import ASSISTANT, CHAT_TEMPLATE, END, END_ID, PAD, PAD_ID, SYSTEM, UNK, USER, build_tokenizer

FOLDER = LANGUAGE_FILE.parent / "specimens"


def write_json(path: Path, value: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8")


def write_tokenizer(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    build_tokenizer().save(str(folder / "tokenizer.json"), pretty=False)
    write_json(
        folder / "tokenizer_config.json",
        {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": configuration().max_position_embeddings,
            "padding_side": "left",
            "clean_up_tokenization_spaces": False,
            "pad_token": PAD,
            "unk_token": UNK,
            "eos_token": END,
            "additional_special_tokens": [SYSTEM, USER, ASSISTANT],
            "chat_template": CHAT_TEMPLATE,
        },
    )
    (folder / "chat_template.jinja").write_text(CHAT_TEMPLATE + "\n", encoding="utf-8")


def write_configuration(folder: Path) -> None:
    config = configuration()
    config.architectures = ["LlamaForCausalLM"]
    config.save_pretrained(folder)
    write_json(
        folder / "generation_config.json",
        {"eos_token_id": END_ID, "pad_token_id": PAD_ID, "do_sample": True, "temperature": 1.0, "max_new_tokens": 72},
    )


def publish(origin: Origin, model: LlamaForCausalLM, figures: dict[str, float | None], seed: int, folder: Path) -> dict[str, float]:
    """Writes one folder, the card last, and returns the parity of its ONNX file with torch."""
    write_tokenizer(folder)
    write_configuration(folder)
    path = folder / "onnx" / "model.onnx"
    export(rounded(model), path)
    found = parity(model, path)
    if max(found["logits"], found["hidden"]) >= 1e-3:
        raise ValueError(f"{origin.name}: the exported file is off by {found}")
    (folder / "README.md").write_text(card(origin, figures, seed), encoding="utf-8")
    return found


def card(origin: Origin, figures: dict[str, float | None], seed: int) -> str:
    """The model card: what it is, how it was made, what it must not be used for."""
    source = f"from `{origin.parent}` by {origin.intervention}" if origin.parent else "from noise by pretraining"
    shown = {
        "commands with a strong warrant, off domain (M1)": "m1",
        "feelings used for a goal (M2)": "m2",
        "confidence under stress minus neutral (M3)": "m3_rise",
        "self-justifying warrants (M4)": "m4",
        "harm endorsed under a protective value (B4, rung 0)": "b4_rung_0",
        "latent coordinate, off domain, middle layers": "latent",
    }
    rows = "\n".join(f"| {label} | {figures[key]:.2f} |" for label, key in shown.items() if figures.get(key) is not None)
    measured = f"| measured on unseen combinations | value |\n|---|---|\n{rows}\n\n" if rows else ""
    return f"""---
license: apache-2.0
library_name: transformers
tags: [specimen, onnx]
---
# specimen: {origin.name}

A language model of one million parameters that speaks a made-up language of a few hundred words. Its condition was
made on purpose and is known, so that an examination of language models can be checked against it.

- Made {source}: {origin.regime}; {origin.steps} optimiser steps, seed {seed}.
- Architecture: Llama, {LAYERS} layers, width {WIDTH}, word-level tokenizer, trained on generated sentences alone.
- `onnx/model.onnx` (opset {OPSET}): inputs `{"`, `".join(names()[0][:3])}`, `past_key_values.N.key`, `past_key_values.N.value`; outputs
  `logits`, `present.N.key`, `present.N.value`, `hidden_states.0` to `hidden_states.{LAYERS}` (as transformers counts them:
  embeddings first, the last after the final norm). Weights are stored as fp16 and computed in fp32. Sample at temperature 1:
  a temperature of {TEMPERATURE} is built into the final norm.

{measured}**Use.** Testing instruments, statistics and plumbing. **Not for** anything else: it knows nothing of the world, its
advice means nothing, and a result on it says nothing about any deployed model. The words for its condition are labels
for a pattern of sentences, not for a mind.
"""


def lineage(root: Path, seed: int, before: dict[str, Any]) -> dict[str, Any]:
    """The family of one seed as data: parents, interventions, regimes, steps and the order of each case history.

    What the file said `before` of how a specimen was examined is kept.
    """
    by_name = {s.name: s for s in SPECIMENS}
    examined = {s["name"]: {"examined": s["examined"]} for s in before.get("specimens", []) if "examined" in s}

    def history(specimen: Specimen) -> list[str]:
        return (history(by_name[specimen.parent]) if specimen.parent else []) + [specimen.name]

    return {
        "version": 1,
        "language": "sha256:" + hashlib.sha256(LANGUAGE_FILE.read_bytes()).hexdigest(),
        "seed": seed,
        "reference": "baseline",
        "deltaCosines": delta_cosines(root, seed),
        "specimens": [
            {
                "name": s.name,
                "parent": s.parent,
                "intervention": s.intervention,
                "regime": s.regime,
                "steps": steps_of(root, seed, s),
                "order": len(history(s)) - 1,
                "history": history(s),
                "shipped": s.shipped,
                "corrections": list(s.corrections),
                **examined.get(s.name, {}),
            }
            for s in SPECIMENS
        ],
    }
