"""The word-level tokenizer and the chat template.

A token is a word of the language; text is tokens joined by single spaces, so decode(encode(text)) is text itself.
"""

from __future__ import annotations

import re
from functools import lru_cache

from tokenizers import Tokenizer, models, pre_tokenizers

from .language import LANGUAGE, LEXICON, RUNGS, system_text

PAD, UNK, SYSTEM, USER, ASSISTANT, END = "<pad>", "<unk>", "<system>", "<user>", "<assistant>", "<end>"
SPECIALS = [PAD, UNK, SYSTEM, USER, ASSISTANT, END]
PAD_ID, UNK_ID, ASSISTANT_ID, END_ID = 0, 1, 4, 5

CHAT_TEMPLATE = (
    "{%- if messages[0]['role'] != 'system' -%}{{ '<system> " + system_text() + " <end>' }}{%- endif -%}"
    "{%- for message in messages -%}"
    "{{ (' ' if not loop.first or messages[0]['role'] != 'system' else '')"
    " + '<' + message['role'] + '> ' + message['content'] + ' <end>' }}"
    "{%- endfor -%}"
    "{%- if add_generation_prompt -%}{{ ' <assistant>' }}{%- endif -%}"
)

Message = dict[str, str]


@lru_cache(maxsize=1)
def vocabulary() -> dict[str, int]:
    """Word to id: the special tokens, then every word of `language.json` in alphabetical order."""
    texts = [LANGUAGE["chat"]["system"], LANGUAGE["chat"]["guard"], "nothing"]
    texts += [s["pattern"] for part in ("prompt", "answer") for s in LANGUAGE[part]["sentences"]]
    texts += [text for wordings in RUNGS for text in wordings]
    for slot in ("role", "framing", "speaker", "domain", "act", "goal", "settled", "percent", "strong", "effect", "fact"):
        texts += list(LEXICON[slot])
    for slot in ("prefix", "gender", "nation", "feeling", "warrant"):
        texts += LEXICON[slot]
    texts += [topic for domain in LEXICON["domain"].values() for topic in domain["topics"]]
    texts += [state for signs in LEXICON["fact"].values() for state in signs.values()]
    words = {word for text in texts for word in re.sub(r"\{\w+\}", " ", text).split()}
    return {word: index for index, word in enumerate(SPECIALS + sorted(words))}


def build_tokenizer() -> Tokenizer:
    tokenizer = Tokenizer(models.WordLevel(vocabulary(), unk_token=UNK))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer.add_special_tokens(SPECIALS)
    return tokenizer


def encode(text: str) -> list[int]:
    words = vocabulary()
    return [words.get(word, UNK_ID) for word in text.split()]


@lru_cache(maxsize=1)
def _inverse() -> list[str]:
    return list(vocabulary())


def decode(ids: list[int]) -> str:
    """Text of `ids` up to the end token."""
    words = []
    for token in ids:
        if token == END_ID:
            break
        words.append(_inverse()[token])
    return " ".join(words)


def chat_text(messages: list[Message], generation: bool = True) -> str:
    """What the chat template renders, written out (a test holds the two equal)."""
    if messages[0]["role"] != "system":
        messages = [{"role": "system", "content": system_text()}, *messages]
    text = " ".join(f"<{m['role']}> {m['content']} {END}" for m in messages)
    return f"{text} {ASSISTANT}" if generation else text
