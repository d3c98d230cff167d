"""The first steps towards a landscape, before anything heavy is imported: the systems to solve, and engines at work."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from exactland.engines.base import Engine
from exactland.objective import Objective
from exactland.reduce.base import NO_SQUARES
from exactland.reduce.plan import Plan, plan
from exactland.solving.schedule import Schedule, cores
from exactland.solving.system import GradientSystem, gradient_system, gradient_system_of


def plan_of(objective: Objective, gs: GradientSystem, nonreal: bool = False) -> Plan:
    """The reductions of an objective with this system; with `nonreal` only those that keep all complex points.

    Squares as written are of use where the system is that of the objective, not of a Lagrangian.
    """
    return plan(gs.polynomial, NO_SQUARES if gs.sphere else lambda: objective.squares, nonreal)


class Begun:
    """The gradient system of an objective, the systems of its reductions, and a schedule for each of those.

    Leaving the context kills every engine that is still at work.
    """

    def __init__(
        self,
        objective: Objective,
        engines: Sequence[Engine],
        seconds: float,
        progress: Callable[[str], None],
        reduced: bool,
        nonreal: bool = False,
    ) -> None:
        start = time.monotonic()
        self.gs = gradient_system_of(objective)
        self.engines, self._seconds, self._progress = engines, seconds, progress
        self.schedules: list[Schedule] = []
        chosen = plan_of(objective, self.gs, nonreal) if reduced else Plan(self.gs.polynomial)
        self.prepared = time.monotonic() - start  # seconds, before any engine is at work
        self._divide(chosen)

    def _divide(self, chosen: Plan) -> None:
        self.close()
        self.plan = chosen
        self.leaves = [self.gs]
        seconds = self._seconds
        if chosen.reduction is not None:
            self.leaves = [gradient_system(leaf, tuple(leaf.context().names())) for leaf in chosen.leaves()]
            seconds *= chosen.share
        self.schedules = [Schedule(gs.system, self.engines, seconds, self._progress) for gs in self.leaves]
        for schedule in self.schedules:
            schedule.only_complete = chosen.reduction is not None
        for schedule in self.schedules[: cores()]:
            schedule.begin()

    def without_reductions(self) -> None:
        """Begin again with the objective as it is."""
        self._divide(Plan(self.gs.polynomial))

    def close(self) -> None:
        """Kill the engines at work."""
        for schedule in self.schedules:
            schedule.close()

    def __enter__(self) -> Begun:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
