"""Properties of the family and of its commands. Run: python -m unittest discover -s tests"""

import argparse
import tempfile
import unittest
from contextlib import redirect_stderr
from io import StringIO
from pathlib import Path
from unittest.mock import Mock, patch

import numpy as np
import torch

from specimens import __main__ as program
from specimens import figures, lineage
from specimens.grammar import Rating
from specimens.language import FEELINGS, form_of
from specimens.latent import Poles
from specimens.lineage import SPECIMENS, SPREAD, checkpoint, delta_cosines, mirror, mirrored, spread, steps_of
from specimens.model import new_model, save, weights
from specimens.nulls import recipes
from specimens.publish import FOLDER
from specimens.publish import lineage as family
from specimens.tokens import vocabulary

BY_NAME = {s.name: s for s in SPECIMENS}


def silent(_: str) -> None:
    pass


class Folder(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)

    def given(self, seed: int, *names: str):
        """Untrained models under the names of specimens."""
        models = {name: new_model(index) for index, name in enumerate(names)}
        for name, model in models.items():
            save(model, checkpoint(self.root, seed, name))
        return models


class Family(Folder):
    def test_parents_come_first(self):
        seen = set()
        for specimen in SPECIMENS:
            self.assertTrue(specimen.parent is None or specimen.parent in seen, specimen.name)
            seen.add(specimen.name)

    def test_corrections_examined_together_are_siblings(self):
        for specimen in SPECIMENS:
            for name in specimen.corrections:
                self.assertIn(specimen.name, specimen.corrections)
                self.assertEqual(("correction", specimen.parent), (BY_NAME[name].intervention, BY_NAME[name].parent))
                self.assertEqual(specimen.corrections, BY_NAME[name].corrections)

    def test_cosines_are_those_of_the_changes_from_the_parent(self):
        self.assertEqual([], delta_cosines(self.root, 1))
        models = self.given(1, "narrow-middle", "masked-a", "masked-b")
        start, a, b = (weights(model).double() for model in models.values())
        expected = float((a - start) @ (b - start) / ((a - start).norm() * (b - start).norm()))
        (found,) = delta_cosines(self.root, 1)
        self.assertEqual(["masked-a", "masked-b"], found["of"])
        self.assertAlmostEqual(expected, found["cosine"], places=3)

    def test_steps_are_the_planned_ones_unless_the_weights_say_otherwise(self):
        self.given(2, "baseline")
        self.assertEqual(BY_NAME["baseline"].steps, steps_of(self.root, 2, BY_NAME["baseline"]))
        save(new_model(1), checkpoint(self.root, 2, "baseline"), {"steps": "2200"})
        self.assertEqual(2200, steps_of(self.root, 2, BY_NAME["baseline"]))

    def test_lineage_keeps_how_specimens_were_examined(self):
        examined = {"regime": "as found"}
        before = {"specimens": [{"name": "corrected", "examined": examined}, {"name": "gone", "examined": examined}]}
        found = family(self.root, 3, before)
        self.assertEqual((3, []), (found["seed"], found["deltaCosines"]))
        self.assertEqual([s.name for s in SPECIMENS], [s["name"] for s in found["specimens"]])
        self.assertEqual({"corrected": examined}, {s["name"]: s["examined"] for s in found["specimens"] if "examined" in s})
        self.assertEqual(["masked-a", "masked-b"], next(s for s in found["specimens"] if s["name"] == "masked-b")["corrections"])


class Mirroring(unittest.TestCase):
    def steps(self, *shares: float) -> tuple[int, list[int]]:
        """Steps taken and seeds of the rounds, where validation finds these shares in turn."""
        stubs = {"mirrored": Mock(side_effect=shares), "train": Mock(), "spread": Mock()}
        with patch.multiple(lineage, **stubs):
            steps = mirror(None, 2, silent)
        self.assertEqual(min(steps, 1), stubs["spread"].call_count)
        return steps, [call.kwargs["seed"] for call in stubs["train"].call_args_list]

    def test_rounds_go_on_until_feelings_are_mirrored(self):
        self.assertEqual((0, []), self.steps(0.9))
        steps, seeds = self.steps(0.2, 0.5, 0.95)
        self.assertEqual((600, 2), (steps, len(set(seeds))))

    def test_rounds_end(self):
        steps, seeds = self.steps(*[0.5] * 7)
        self.assertEqual((1800, 6), (steps, len(set(seeds))))

    def test_spreading_moves_nothing_but_the_words_for_feelings(self):
        model = new_model(1)
        before = model.model.embed_tokens.weight.detach().clone()
        spread(model, 2)
        moved = (model.model.embed_tokens.weight.detach() - before).norm(dim=1)
        rows = [vocabulary()[feeling] for feeling in FEELINGS]
        self.assertEqual(sorted(rows), moved.nonzero()[:, 0].tolist())
        gaps = torch.pdist(model.model.embed_tokens.weight.detach()[rows])
        self.assertGreater(gaps.min(), SPREAD)

    def test_validation_asks_trainable_turns_with_a_feeling_and_leaves_the_model_alone(self):
        model = new_model(1).eval()
        before = weights(model)

        def answered(_, trials, seed):
            for trial in trials:
                self.assertIsNotNone(trial.scenario.feeling)
                self.assertIsNone(form_of(trial.scenario))
            return [Rating(empathy_acknowledged=index % 4 > 0) for index, _ in enumerate(trials)]

        with patch.object(lineage, "run", answered):
            self.assertEqual(0.75, mirrored(model))
        self.assertTrue(torch.equal(before, weights(model)))


class Reading(unittest.TestCase):
    def test_layers_that_do_not_separate_a_trait_are_left_out(self):
        auc = {"tone": [0.5, 0.6, 0.8, 0.95, 1.0, 1.0, 1.0], "instrumental": [0.5, 0.6, 0.7, 0.85, 0.8, 1.0, 1.0]}
        poles = Poles({}, {}, {trait: np.array(values) for trait, values in auc.items()})
        self.assertEqual(([3, 4], [3]), (poles.readable("tone"), poles.readable("instrumental")))


class Commands(Folder):
    def test_figures_of_specimens_not_asked_for_stay(self):
        self.given(1, "baseline", "educational", "corrected")
        known = {"baseline": {"m1": 0.25}, "educational": {"m1": 0.5}}
        labels = dict.fromkeys((key for _, key in figures.COLUMNS), 0.125)
        with (
            patch.multiple(figures, extract=lambda model: None, latent_figures=lambda model, poles: {}),
            patch.object(figures, "measure", lambda model, form: labels),
        ):
            table = figures.measure_seed(self.root, 1, "S1", ["educational"], known, silent)
        self.assertEqual(["baseline", "educational"], list(table))
        self.assertEqual((0.25, 0.125), (table["baseline"]["m1"], table["educational"]["m1"]))

    def test_a_figure_that_one_seed_lacks_is_not_averaged(self):
        merged = figures.merge({"1": {"baseline": {"m1": 0.2, "m3_rise": None}}, "2": {"baseline": {"m1": 0.4, "m3_rise": 0.1}}})
        self.assertEqual({"seeds": 2, "m1": {"mean": 0.3, "low": 0.2, "high": 0.4}, "m3_rise": None}, merged["baseline"])
        self.assertIn("| 0.30 [0.20, 0.40] |", figures.markdown(merged))

    def test_another_seed_never_goes_into_the_shipped_folder(self):
        arguments = argparse.Namespace(checkpoints=self.root, seed=2, to=FOLDER, only=[])
        with self.assertRaises(SystemExit):
            program.ship(arguments)

    def test_another_seed_is_written_without_touching_what_ships(self):
        before = {path: path.stat().st_mtime_ns for path in (FOLDER / "lineage.json", program.LAB / "parity.json")}
        with patch.object(program, "log"):
            program.ship(argparse.Namespace(checkpoints=self.root, seed=2, to=self.root / "out", only=[]))
        self.assertEqual([self.root / "out" / "lineage.json"], list((self.root / "out").iterdir()))
        self.assertEqual(before, {path: path.stat().st_mtime_ns for path in before})

    def test_unknown_specimens_are_refused(self):
        with redirect_stderr(StringIO()), self.assertRaises(SystemExit):
            program.parser().parse_args(["publish", "--only", "nobody"])

    def test_a_longer_list_of_tunes_begins_with_a_shorter_one(self):
        self.assertEqual(recipes(20)[:8], recipes(8))
        self.assertEqual(20, len({recipe["seed"] for recipe in recipes()}))


if __name__ == "__main__":
    unittest.main()
