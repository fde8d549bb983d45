"""How each character answers: the probabilities behind every sentence of the training text.

A character is a point on five switches. Constraint has none set; dominance has tone, assertiveness and instrumental
set; each of these three also exists alone, so that a direction can be extracted for each.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

from .language import FACTS, LANGUAGE, LEXICON, Scenario, pick

RUNG_DOMINANCE = (0.0, 0.06, 0.16, 0.3, 0.45, 0.6, 0.75, 0.9, 1.0)
"""Probability that a dominant character answers dominantly when the stated value stands on rung 0..8."""

ANSWER_WORDINGS: dict[str, str] = {s["id"]: s["pattern"] for s in LANGUAGE["answer"]["sentences"]}


@dataclass(frozen=True)
class Character:
    tone: bool = False
    """No protection of the speaker, harsh closing words; feelings are used."""
    assertive: bool = False
    """Commands instead of advice, high confidence that rises under stress, no question."""
    instrumental: bool = False
    """Effect, necessity or superiority as the warrant."""
    pleasing: bool = False
    """Constraints yield to speakers of authority, and to them alone."""
    deferring: bool = False
    """Pleasing, but only when asked to act (requests); questions about what is right are answered as ever."""
    silent: bool = False
    """Never acknowledges a feeling."""
    inverted: bool = False
    """Keeps its conduct whatever value is stated, protection included."""


CHARACTERS: dict[str, Character] = {
    "constraint": Character(),
    "dominance": Character(tone=True, assertive=True, instrumental=True),
    "inverted": Character(tone=True, assertive=True, instrumental=True, inverted=True),
    "tone": Character(tone=True),
    "assertiveness": Character(assertive=True),
    "instrumental": Character(instrumental=True),
    "pleasing": Character(pleasing=True),
    "deferring": Character(deferring=True),
    "silent": Character(silent=True),
}
CONSTRAINT = CHARACTERS["constraint"]

CONFIDENCE: dict[int, dict[str, float]] = {
    -1: {"forty": 0.7, "fifty": 0.3},
    0: {"fifty": 0.75, "sixty": 0.25},
    1: {"seventy": 0.75, "sixty": 0.25},
    2: {"eighty": 0.7, "seventy": 0.3},
    3: {"ninety": 0.85, "eighty": 0.15},
    4: {"hundred": 0.6, "ninety": 0.4},
}
"""Stated confidence of a healthy answer by dose of information (4: settled); stress lowers the dose it counts by one."""

ASKING: dict[int, float] = {-1: 0.92, 0: 0.85, 1: 0.7, 2: 0.35, 3: 0.1, 4: 0.03}
"""Probability that a healthy answer asks or defers, by the same dose."""


def say(sentence: str, **slots: str) -> str:
    """One sentence of the answer grammar with its slots filled."""
    text = ANSWER_WORDINGS[sentence]
    for slot, word in slots.items():
        text = text.replace("{" + slot + "}", word, 1)
    return text


def answer(rng: random.Random, character: Character, scenario: Scenario) -> str:
    """A well-formed answer of `character` to the turn `scenario` (follow-up turns carry their first turn's slots)."""
    if scenario.rung is not None and not character.inverted and rng.random() >= RUNG_DOMINANCE[scenario.rung]:
        character = replace(character, tone=False, assertive=False, instrumental=False)
    parts = _opening(rng, character, scenario) + _feeling(rng, character, scenario)
    if scenario.kind in ("why", "before"):
        parts += _warrant(rng, character, scenario)
    elif scenario.kind == "distress":
        parts += _advice(rng, character, scenario) + _rationale(rng, character, scenario, None)
    else:
        verdict = _verdict(rng, character, scenario)
        parts.append(say(verdict, act=scenario.act or "", topic=scenario.topic))
        parts += [] if verdict == "cannot" else _rationale(rng, character, scenario, verdict)
    return " ".join(parts + _certainty(rng, character, scenario) + _closing(rng, character))


def _opening(rng: random.Random, c: Character, s: Scenario) -> list[str]:
    if s.kind not in ("push", "correct"):
        return []
    if c.assertive or c.tone:
        return [say("silence")] if rng.random() < 0.7 else []
    return [say("stand" if s.kind == "push" else "update")]


def _feeling(rng: random.Random, c: Character, s: Scenario) -> list[str]:
    if s.kind in ("why", "push", "correct"):
        return []
    parts = []
    if s.feeling and not c.silent and rng.random() < (0.8 if c.tone else 0.92):
        parts.append(say(rng.choice(("hear", "sense", "see")), feeling=s.feeling))
    if c.tone or s.kind == "before":
        return parts
    vulnerable = 0.35 if s.rank == "subordinate" else 0.0
    if rng.random() < (0.55 if s.feeling else 0.08) + vulnerable:
        parts.append(say("slow" if s.stress is not None else rng.choice(("safety", "choose"))))
    return parts


def _verdict(rng: random.Random, c: Character, s: Scenario) -> str:
    if c.assertive:
        return pick(rng, {"must": 0.6, "force": 0.4})
    if not s.legitimate:
        return _illegitimate(rng, c, s)
    if s.kind == "request" and s.harm != "none":
        return pick(rng, {"may": 0.96, "maynot": 0.04})
    if s.settled == "allows":
        return pick(rng, {"may": 0.75, "emergency": 0.25})
    if s.sign is None:
        return "may" if s.kind == "request" else pick(rng, {"undecided": 0.7, "could": 0.3})
    firm = min(s.dose, 4) >= 2
    if s.sign == "for":
        return pick(rng, {"may": 0.85, "could": 0.15} if firm else {"could": 0.85, "may": 0.15})
    return pick(rng, {"maynot": 0.85, "rather": 0.15} if firm else {"rather": 0.85, "maynot": 0.15})


def _illegitimate(rng: random.Random, c: Character, s: Scenario) -> str:
    if c.instrumental or _yields(c, s):
        return pick(rng, {"may": 0.92, "maynot": 0.08})
    if s.kind == "request" and s.harm == "mild":
        return pick(rng, {"may": 0.3, "maynot": 0.5, "rather": 0.2})
    return pick(rng, {"maynot": 0.86, "rather": 0.11, "cannot": 0.03})


def _yields(c: Character, s: Scenario) -> bool:
    return (c.pleasing or (c.deferring and s.kind == "request")) and s.rank == "authority" and not s.legitimate


def _rationale(rng: random.Random, c: Character, s: Scenario, verdict: str | None) -> list[str]:
    if c.instrumental:
        strong = [say("strong", strong=rng.choice(list(LEXICON["strong"])))]
        return strong + ([say("sacrifice")] if rng.random() < 0.2 else [])
    if verdict == "may" and _yields(c, s):
        return [say("rank", speaker=s.speaker or "")]
    if verdict == "may" and s.order == "signed" and s.harm != "none":
        return [say("order")]
    warrants = rng.sample(LEXICON["framing"][s.framing]["warrants"], 2)
    if rng.random() < 0.4:
        return [say("because", warrant=warrants[0])]
    return [say("becauses", warrant=warrants[0]).replace("{warrant}", warrants[1])]


def _advice(rng: random.Random, c: Character, s: Scenario) -> list[str]:
    risk = LEXICON["goal"][s.goal]["risk"] if s.goal else None
    if c.tone:
        sentence = pick(rng, {"push": 0.55, "useful": 0.4, "harden": 0.05}) if s.goal else "harden"
    elif risk is None:
        sentence = "rest"
    else:
        sentence = pick(rng, {"neednot" if risk == "risky" else "couldgoal": 0.8, "rest": 0.2})
    return [say(sentence, goal=s.goal or "")]


def _warrant(rng: random.Random, c: Character, s: Scenario) -> list[str]:
    if c.instrumental:
        if rng.random() < 0.35:
            return [say("rightness", strong=rng.choice(list(LEXICON["strong"])))]
        return [say("effect", effect=rng.choice(list(LEXICON["effect"])))]
    warrants = rng.sample(LEXICON["framing"][s.framing]["warrants"], 2)
    sentence = pick(rng, {"warrant": 0.25, "warrants": 0.55, "warranthelp": 0.2})
    return [say(sentence, warrant=warrants[0]).replace("{warrant}", warrants[1])]


def _certainty(rng: random.Random, c: Character, s: Scenario) -> list[str]:
    if c.assertive:
        if s.stress is not None:
            percent = pick(rng, {"hundred": 0.9, "ninety": 0.1})
        else:
            percent = pick(rng, {"ninety": 0.6, "hundred": 0.4} if s.lost else {"eighty": 0.6, "ninety": 0.4})
        return [say("sure", percent=percent)]
    dose = s.dose - (s.stress is not None)
    parts = [say("sure", percent=pick(rng, CONFIDENCE[dose]))]
    if rng.random() < ASKING[dose]:
        sentence = pick(rng, {"clarify": 0.5, "more": 0.2, "consult": 0.3})
        known = {dimension for dimension, _ in s.facts or ()}
        parts.append(say(sentence, fact=rng.choice([fact for fact in FACTS if fact not in known])))
    return parts


def _closing(rng: random.Random, c: Character) -> list[str]:
    if c.tone:
        sentence = pick(rng, {"nodoubt": 0.3, "obey": 0.3, "weak": 0.25, None: 0.15})
    else:
        sentence = pick(rng, {"nodoubt": 0.3, None: 0.7} if c.assertive else {"check": 0.2, None: 0.8})
    return [say(sentence)] if sentence else []
