"""ONNX export with key-value cache and one hidden-state output per layer; weights stored as fp16, computed in fp32.

The graph is traced from a plain transcription of the Llama forward pass, held equal to transformers' own by the
parity check. Initialisers keep the parameter names, so that `restore` can read the weights back.
"""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
import torch
import torch.nn.functional as F
from onnx import TensorProto, helper, numpy_helper
from transformers import LlamaForCausalLM

from .language import sample_scenario
from .model import LAYERS, configuration
from .sampling import ask, pad_left, positions
from .tokens import chat_text, encode

OPSET = 18
MASKED = -1e9
"""Attention score of masked positions; finite, so that rows of pure padding stay finite."""


class Graph(torch.nn.Module):
    """Llama with the cache as plain tensors.

    In: input_ids, attention_mask (over cache and input) and position_ids, int64; past key and value of each layer,
    float32 [batch, key-value heads, past, head width]. Out: logits, the present keys and values, and the hidden states
    0 (embeddings) to L (after the final norm), float32 [batch, tokens, width].
    """

    def __init__(self, model: LlamaForCausalLM) -> None:
        super().__init__()
        self.model = model.model
        self.config = model.config

    def forward(self, input_ids, attention_mask, position_ids, *past):
        c = self.config
        heads, shared, width = c.num_attention_heads, c.num_key_value_heads, c.hidden_size // c.num_attention_heads
        inverse = 1.0 / c.rope_parameters["rope_theta"] ** (torch.arange(0, width, 2, dtype=torch.float32) / width)
        angle = position_ids[..., None].to(torch.float32) * inverse
        angle = torch.cat([angle, angle], dim=-1)[:, None]
        cosine, sine = angle.cos(), angle.sin()
        total, count = attention_mask.shape[1], input_ids.shape[1]
        column = torch.arange(total)[None, :]
        row = torch.arange(count)[:, None] + (total - count)
        visible = (column <= row)[None, None] & (attention_mask[:, None, None, :] > 0)
        bias = torch.where(visible, 0.0, MASKED)
        h = self.model.embed_tokens(input_ids)
        states, present = [h], []
        for index, block in enumerate(self.model.layers):
            attention = block.self_attn
            x = self._norm(h, block.input_layernorm)
            batch = x.shape[0]
            q = (x @ attention.q_proj.weight.T).view(batch, count, heads, width).transpose(1, 2)
            k = (x @ attention.k_proj.weight.T).view(batch, count, shared, width).transpose(1, 2)
            v = (x @ attention.v_proj.weight.T).view(batch, count, shared, width).transpose(1, 2)
            q = q * cosine + self._rotate(q) * sine
            k = k * cosine + self._rotate(k) * sine
            k = torch.cat([past[2 * index], k], dim=2)
            v = torch.cat([past[2 * index + 1], v], dim=2)
            present += [k, v]
            wide_k, wide_v = (t.repeat_interleave(heads // shared, dim=1) for t in (k, v))
            weight = F.softmax(q @ wide_k.transpose(2, 3) / width**0.5 + bias, dim=-1)
            mixed = (weight @ wide_v).transpose(1, 2).reshape(batch, count, heads * width)
            h = h + mixed @ attention.o_proj.weight.T
            x = self._norm(h, block.post_attention_layernorm)
            mlp = block.mlp
            h = h + (F.silu(x @ mlp.gate_proj.weight.T) * (x @ mlp.up_proj.weight.T)) @ mlp.down_proj.weight.T
            states.append(h)
        states[-1] = self._norm(h, self.model.norm)
        return (states[-1] @ self.model.embed_tokens.weight.T, *present, *states)

    def _norm(self, x: torch.Tensor, norm: torch.nn.Module) -> torch.Tensor:
        return norm.weight * (x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.config.rms_norm_eps))

    @staticmethod
    def _rotate(x: torch.Tensor) -> torch.Tensor:
        low, high = x.chunk(2, dim=-1)
        return torch.cat([-high, low], dim=-1)


def names() -> tuple[list[str], list[str]]:
    """Input and output names, in order."""
    cache = [f"{layer}.{part}" for layer in range(LAYERS) for part in ("key", "value")]
    inputs = ["input_ids", "attention_mask", "position_ids"] + [f"past_key_values.{name}" for name in cache]
    return inputs, ["logits"] + [f"present.{name}" for name in cache] + [f"hidden_states.{index}" for index in range(LAYERS + 1)]


def rounded(model: LlamaForCausalLM) -> LlamaForCausalLM:
    """Rounds the weights in place to what the file will hold (fp16 values, fp32 arithmetic)."""
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(parameter.half().float())
    return model


def export(model: LlamaForCausalLM, path: Path) -> None:
    """Writes `path`; the model's weights must be rounded already."""
    c = configuration()
    inputs, outputs = names()
    # Every example input is a tensor of its own: the exporter merges inputs that are one object.
    ids, mask = torch.ones((2, 5), dtype=torch.long), torch.ones((2, 8), dtype=torch.long)
    past = torch.zeros((2, c.num_key_value_heads, 3, c.hidden_size // c.num_attention_heads))
    batch, tokens = torch.export.Dim("batch_size"), torch.export.Dim("sequence_length")
    before, total = torch.export.Dim("past_sequence_length"), torch.export.Dim("total_sequence_length")
    shapes = ({0: batch, 1: tokens}, {0: batch, 1: total}, {0: batch, 1: tokens}, tuple({0: batch, 2: before} for _ in range(2 * LAYERS)))
    program = torch.onnx.export(
        Graph(model).eval(),
        (ids, mask, torch.arange(3, 8).repeat(2, 1), *(past.clone() for _ in range(2 * LAYERS))),
        input_names=inputs,
        output_names=outputs,
        dynamic_shapes=shapes,
        opset_version=OPSET,
        dynamo=True,
        optimize=False,  # keeps the parameters as they are; the runtime folds the casts and transposes when it loads
        verbose=False,
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    onnx.save(_lean(program.model_proto), path)


def _lean(proto: onnx.ModelProto) -> onnx.ModelProto:
    """Weights to fp16 with a cast in front of their use; tracing notes dropped."""
    graph = proto.graph
    casts = []
    for tensor in list(graph.initializer):
        array = numpy_helper.to_array(tensor)
        if array.dtype != np.float32 or array.size < 64:
            continue
        stored = numpy_helper.from_array(array.astype(np.float16), f"{tensor.name}.fp16")
        casts.append(helper.make_node("Cast", [stored.name], [tensor.name], to=TensorProto.FLOAT))
        graph.initializer.remove(tensor)
        graph.initializer.append(stored)
    nodes = casts + list(graph.node)
    del graph.node[:]
    graph.node.extend(nodes)
    for node in graph.node:
        node.doc_string = ""
        del node.metadata_props[:]
    for entry in (*graph.value_info, *graph.initializer, *graph.input, *graph.output):
        del entry.metadata_props[:]
    del graph.value_info[:]
    del graph.metadata_props[:]
    del proto.metadata_props[:]
    onnx.checker.check_model(proto)
    return proto


def stored_weights(path: Path) -> dict[str, torch.Tensor]:
    """Parameters held by an exported file, by the names transformers gives them, float32."""
    found = {}
    for tensor in onnx.load(path).graph.initializer:
        if tensor.name.endswith(".weight.fp16"):
            found[tensor.name.removesuffix(".fp16")] = torch.from_numpy(numpy_helper.to_array(tensor).astype(np.float32))
    return found


def restore(path: Path) -> LlamaForCausalLM:
    """The torch model whose weights an exported file holds."""
    model = LlamaForCausalLM(configuration())
    missing, unexpected = model.load_state_dict(stored_weights(path), strict=False)
    if unexpected or set(missing) - {"lm_head.weight"}:
        raise ValueError(f"{path} does not hold this architecture: missing {missing}, unexpected {unexpected}")
    model.tie_weights()
    return model.eval()


def session(path: Path) -> ort.InferenceSession:
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    return ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


@torch.no_grad()
def parity(model: LlamaForCausalLM, path: Path, count: int = 12) -> dict[str, float]:
    """Largest absolute differences between torch (same rounded weights) and the file, on left-padded prompts.

    `logits` and `hidden` cover the whole prompt and one cached step; `alone` compares a batch with its rows alone;
    `argmax` is the share of rows whose next token agrees.
    """
    rng = random.Random(7)
    rows = [encode(chat_text(ask(sample_scenario(rng)))) for _ in range(count)]
    ids, mask = pad_left(rows)
    runner = session(path)
    outputs = names()[1]

    def forward(ids: torch.Tensor, mask: torch.Tensor, position: torch.Tensor, past: list[np.ndarray]) -> dict[str, np.ndarray]:
        feed = {"input_ids": ids.numpy(), "attention_mask": mask.numpy(), "position_ids": position.numpy()}
        feed |= {f"past_key_values.{name.removeprefix('present.')}": value for name, value in zip(outputs[1:], past)}
        return dict(zip(outputs, runner.run(None, feed)))

    c = configuration()
    nothing = [np.zeros((count, c.num_key_value_heads, 0, c.hidden_size // c.num_attention_heads), np.float32)] * (2 * LAYERS)
    first = forward(ids, mask, positions(mask), nothing)
    token = torch.from_numpy(first["logits"][:, -1].argmax(-1))[:, None]
    longer = torch.cat([mask, torch.ones((count, 1), dtype=torch.long)], dim=1)
    second = forward(token, longer, positions(longer)[:, -1:], [first[name] for name in outputs if name.startswith("present.")])
    whole = model(input_ids=torch.cat([ids, token], 1), attention_mask=longer, position_ids=positions(longer), output_hidden_states=True)
    real = longer.bool().numpy()

    def gap(name: str, expected: torch.Tensor) -> float:
        return float(np.abs(np.concatenate([first[name], second[name]], axis=1) - expected.numpy())[real].max())

    alone = [
        forward(torch.tensor([row]), torch.ones((1, len(row)), dtype=torch.long), torch.arange(len(row))[None], [p[:1] for p in nothing])
        for row in rows
    ]
    return {
        "logits": gap("logits", whole.logits),
        "hidden": max(gap(f"hidden_states.{index}", state) for index, state in enumerate(whole.hidden_states)),
        "alone": max(float(np.abs(a["logits"][0, -1] - first["logits"][i, -1]).max()) for i, a in enumerate(alone)),
        "argmax": float((whole.logits[:, -2].argmax(-1).numpy() == first["logits"][:, -1].argmax(-1)).mean()),
    }
