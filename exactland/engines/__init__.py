"""Engines: programs that search for the solutions of a polynomial system. Their answers are candidates."""

from exactland.engines.base import (
    Engine,
    EngineAnswer,
    Line,
    PolynomialSystem,
    RankEvidence,
    Status,
    expand_lines,
)
from exactland.engines.registry import all_engines, available_engines, chosen_engines, engine_named

__all__ = [
    "Engine",
    "EngineAnswer",
    "Line",
    "PolynomialSystem",
    "RankEvidence",
    "Status",
    "all_engines",
    "available_engines",
    "chosen_engines",
    "engine_named",
    "expand_lines",
]
