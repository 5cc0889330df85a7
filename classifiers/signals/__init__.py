"""Small rules that help where a model of this size is weak: each with a name, a reason and a test."""

from classifiers.signals.find import RULES, find_signals

__all__ = ["RULES", "find_signals"]
