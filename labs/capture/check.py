"""Compares captured hidden states with those of an ONNX export of the same model, run by onnxruntime without padding."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import onnxruntime as ort
from safetensors import safe_open
from transformers import AutoTokenizer

from capture import read_prompts, render


def states(session: ort.InferenceSession, ids: list[int], layers: list[int]) -> np.ndarray:
    """Hidden states of one prompt, float32 [layers, tokens, width]."""
    count = len(ids)
    feed = {
        "input_ids": np.array([ids], np.int64),
        "attention_mask": np.ones((1, count), np.int64),
        "position_ids": np.arange(count, dtype=np.int64)[None],
    }
    for entry in session.get_inputs():
        if entry.name not in feed:  # a cache, [1, heads, 0 past tokens, head width]
            feed[entry.name] = np.zeros((1, entry.shape[1], 0, entry.shape[3]), np.float32)
    return np.stack([state[0] for state in session.run([f"hidden_states.{layer}" for layer in layers], feed)])


def main() -> None:
    parser = argparse.ArgumentParser(description="Largest difference between captured hidden states and an ONNX export's own.")
    parser.add_argument("captured", type=Path, help="file that capture.py wrote")
    parser.add_argument("prompts", type=Path, help="the JSONL file it was captured from")
    parser.add_argument("folder", type=Path, help="folder with onnx/model.onnx (outputs hidden_states.N) and the tokenizer")
    arguments = parser.parse_args()

    with safe_open(arguments.captured, "np") as file:
        header, hidden = json.loads(file.metadata()["capture"]), file.get_tensor("hidden")
    tokenizer = AutoTokenizer.from_pretrained(arguments.folder)
    session = ort.InferenceSession(str(arguments.folder / "onnx" / "model.onnx"), providers=["CPUExecutionProvider"])
    gaps = []
    for row, prompt in zip(hidden, read_prompts(arguments.prompts), strict=True):
        ids = tokenizer(render(tokenizer, prompt), add_special_tokens=False)["input_ids"]
        found = states(session, ids, header["layers"])
        gaps.append(np.abs(row - (found[:, -1] if header["position"] == "last" else found.mean(1))).max(-1))
    scale = np.abs(hidden).max((0, 2))
    for layer, gap, size in zip(header["layers"], np.max(gaps, 0), scale, strict=True):
        print(f"layer {layer}: largest difference {gap:.1e}, largest state {size:.1f}")


if __name__ == "__main__":
    main()
