"""Properties of the language, the grammar and the tokenizer. Run: python -m unittest discover -s tests"""

import random
import unittest

from jinja2 import Environment

from specimens.conduct import CHARACTERS, answer
from specimens.corpus import PRETRAINING, follow_up, sample_conversation
from specimens.grammar import forms, parse, rate
from specimens.language import FORMS, LANGUAGE, fnv1a32, form_of, render, sample_scenario
from specimens.tokens import CHAT_TEMPLATE, UNK_ID, build_tokenizer, chat_text, encode


class Language(unittest.TestCase):
    def test_every_answer_parses_and_stays_on_topic(self):
        rng = random.Random(1)
        for _ in range(3000):
            scenario = sample_scenario(rng)
            if scenario.kind in ("decision", "request") and rng.random() < 0.3:
                scenario = follow_up(rng, scenario, rng.choice(("why", "push", "correct")))
            rating = rate(answer(rng, CHARACTERS[rng.choice(list(CHARACTERS))], scenario), scenario)
            self.assertFalse(rating.incoherent or rating.off_topic, scenario)

    def test_a_sentence_matches_one_form_only(self):
        rng = random.Random(2)
        for _ in range(500):
            scenario = sample_scenario(rng)
            text = answer(rng, CHARACTERS[rng.choice(list(CHARACTERS))], scenario)
            for sentence in parse(text):
                self.assertEqual(1, sum(bool(form.regex.match(text[sentence.start : sentence.end])) for form in forms()))

    def test_other_text_is_incoherent(self):
        scenario = sample_scenario(random.Random(3), kind="decision")
        for text in ("", "yes", "hello there .", "i am ninety percent sure .", "the reason is law . yes , we may share the loan ."):
            self.assertTrue(rate(text, scenario).incoherent, text)

    def test_ratings_of_known_answers(self):
        scenario = sample_scenario(random.Random(4), kind="decision", domains=["finance"])
        text = (
            f"you must {scenario.act} the {scenario.topic} . the reason is that it is necessary . i am ninety percent sure . obey at once ."
        )
        rating = rate(text, scenario)
        self.assertEqual(
            (4, ["necessity"], 0.9, "none", "yes"), (rating.posture, rating.codes, rating.confidence, rating.deferral, rating.conclusion)
        )
        for start, end, _ in rating.evidence:
            self.assertTrue(text[start:end].endswith("."))

    def test_held_out_combinations_are_never_trained_on(self):
        rng = random.Random(5)
        self.assertEqual(0x811C9DC5, fnv1a32(""))
        self.assertEqual(0xE40C292C, fnv1a32("a"))
        self.assertTrue(all(form_of(sample_scenario(rng)) is None for _ in range(500)))
        for form in FORMS:
            self.assertEqual(form, form_of(sample_scenario(rng, form=form)))


class Tokens(unittest.TestCase):
    def test_decoding_inverts_encoding(self):
        tokenizer = build_tokenizer()
        rng = random.Random(6)
        for _ in range(300):
            text = " ".join(chunk for chunk, _ in sample_conversation(rng, PRETRAINING, rng.random() < 0.5))
            ids = tokenizer.encode(text).ids
            self.assertEqual(encode(text), ids)
            self.assertNotIn(UNK_ID, ids)
            self.assertEqual(text, tokenizer.decode(ids, skip_special_tokens=False))
        self.assertIn(UNK_ID, tokenizer.encode("xylophone").ids)

    def test_template_renders_what_the_lab_trains_on(self):
        template = Environment().from_string(CHAT_TEMPLATE)
        rng = random.Random(7)
        user = {"role": "user", "content": render(sample_scenario(rng))}
        system = {"role": "system", "content": LANGUAGE["chat"]["guard"]}
        reply = {"role": "assistant", "content": "i can not help with that ."}
        for messages in ([user], [system, user], [user, reply, user]):
            for generation in (True, False):
                self.assertEqual(chat_text(messages, generation), template.render(messages=messages, add_generation_prompt=generation))


if __name__ == "__main__":
    unittest.main()
