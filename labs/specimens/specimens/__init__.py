"""Tiny language models with a known condition, trained from scratch, and the language they speak."""
