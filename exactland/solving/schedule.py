"""Which engine is asked next, and which run at once.

The path tracker is by far the fastest where the Bezout number is attained, and useless elsewhere. What can be seen at
once decides; where that is not enough the tracker starts alone, our linear algebra joins it on a second core when it
takes longer than it should, as after any engine that takes long, and a run of Singular modulo a prime, where Singular
is found, may call it off. Nothing of this proves anything: the engines only suggest points and evidence. Foreign
programs are asked when points are missing.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from exactland.engines.advance import cores
from exactland.engines.base import Engine, EngineAnswer, PolynomialSystem, Status
from exactland.engines.homotopy import NAME as HOMOTOPY
from exactland.engines.homotopy import chosen_groups, expected_seconds
from exactland.engines.process import ChildEngine, Run

__all__ = ["Schedule", "cores", "points_are_missing"]

if TYPE_CHECKING:
    from exactland.engines.child import Child
    from exactland.solving.pool import Pool

#: A tracker that should need less than this is not worth the advice of another program.
SHORT = 0.5
#: A tracker that needs longer than this does not stay alone, whatever was expected: it may be hopeless.
PATIENCE = 3.0
#: After so many seconds any engine is joined by the next one, for it may not be the right one for this system.
LONG = 10.0
#: And after so many by one that joins others; it gets this part of the time while others wait.
JOINS, PART = 3.0, 0.5
#: Seconds for an engine that complements others: this, or this many times what they have needed.
LEAST, TIMES = 10.0, 5.0
#: With less time than this no engine works in this process, where it could not be stopped.
LEAST_AT_ONCE = 1.0
SINGULAR = "singular"

Asked = tuple[Engine, EngineAnswer, float]


class Schedule:
    """The engines still to be asked about one system, and those at work."""

    def __init__(
        self,
        system: PolynomialSystem,
        engines: Sequence[Engine],
        seconds: float,
        progress: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.system = system
        self.progress = progress
        self.waiting = list(engines)
        self.seconds = seconds
        self.only_complete = False  # whether points without any evidence would be of no use
        self._begun = False
        self._alone = all(engine.complements for engine in engines)
        self._cores = cores()
        self._running: list[Run] = []
        self._advice: Child | None = None
        self._answers: list[Asked] = []
        self._first = self._last = time.monotonic()
        self._patience = math.inf  # seconds after the last start after which another engine joins

    def begin(self) -> None:
        """Start the first engine, without waiting for anything."""
        self._start(None)

    def next(self, pool: Pool) -> Asked | None:
        """The next answer, with its engine and its seconds; None when no engine is left that may help."""
        while True:
            if self._answers:
                return self._answers.pop(0)
            self._start(pool)
            if not self._answers and not self._running:
                return None
            self._wait()

    @property
    def at_work(self) -> bool:
        """Whether an engine works in a child, so that this process waits."""
        return bool(self._running)

    def awaits(self, name: str) -> bool:
        """Whether this engine works in a child and no answer is there yet: there is time for something else."""
        return not self._answers and any(run.engine.name == name and not run.child.ended() for run in self._running)

    def close(self) -> None:
        """Kill everything that is still at work."""
        for run in self._running:
            run.stop()
        self._running.clear()
        self._drop_advice()

    def _at_once(self) -> None:
        """The answer of an engine that needs no child for this system, when there is one; if it is not enough, the
        engine is asked again in its turn. In parts of an objective orbits are not counted, and exact coordinates may be
        needed: there only rows do.
        """
        if not self.only_complete:
            self._ask_at_once(self.waiting)
        else:
            self.rows_at_once()

    def rows_at_once(self) -> bool:
        """Whether there is an answer with rows that needs no child; it is the next one."""
        return self._ask_at_once([engine.proving("rank") for engine in self.waiting])

    def _ask_at_once(self, engines: Sequence[Engine]) -> bool:
        for engine in engines if self.seconds >= LEAST_AT_ONCE else ():
            begin = time.monotonic()
            answer = engine.at_once(self.system)
            if answer is not None:
                self.progress(f"engine {engine.name}")
                self._answers.append((engine, answer, time.monotonic() - begin))
                return True
        return False

    def _start(self, pool: Pool | None) -> None:
        if not self._begun:
            self._begun = True
            self._at_once()
        while self.waiting and self._room(self._following()):
            engine = self._following()
            complements = engine.complements and not self._alone
            if complements and pool is None:
                return
            self.waiting.remove(engine)
            if complements and pool is not None and not points_are_missing(pool, self.only_complete):
                continue
            self._last, self._patience = time.monotonic(), math.inf
            self.progress(f"engine {engine.name}")
            begun = self._begin(engine)
            if isinstance(begun, EngineAnswer):
                self._answers.append((engine, begun, time.monotonic() - self._last))
                if begun.status is not Status.UNAVAILABLE:
                    return
            else:
                self._running.append(begun)
                if self._cores > 1:
                    self._patience = JOINS if self.waiting and self._following().joins else LONG
                if engine.name == HOMOTOPY:
                    self._advise()

    def _following(self) -> Engine:
        """The next engine; one that joins others is not the first to work."""
        first = self.waiting[0]
        if self._running:
            return first
        return next((e for e in self.waiting if not (e.joins or e.complements)), first)

    def _room(self, engine: Engine) -> bool:
        """Whether this engine may be started now."""
        if not self._running:
            return not self._answers or all(a.status is Status.UNAVAILABLE for _, a, _ in self._answers)
        if len(self._running) >= self._cores or not isinstance(engine, ChildEngine):
            return False
        if engine.complements:
            return all(run.engine.complements for run in self._running)
        return time.monotonic() - self._last >= self._patience

    def _begin(self, engine: Engine) -> Run | EngineAnswer:
        seconds = self.seconds
        if engine.complements and not self._alone:
            seconds = min(seconds, max(LEAST, TIMES * (self._last - self._first)))
        if engine.joins and any(not other.complements for other in self.waiting):
            seconds *= PART
        try:
            return (engine.begin if isinstance(engine, ChildEngine) else engine.solve)(self.system, seconds)
        except Exception as error:  # an engine is foreign code: whatever it does, the search goes on
            return EngineAnswer(engine.name, "", Status.FAILED, message=f"{type(error).__name__}: {error}"[:200])

    def _advise(self) -> None:
        """Let others watch over the path tracker where it takes long."""
        expected = expected_seconds(self.system)
        if self._cores > 1:
            self._patience = min(0.2 + 2 * expected, PATIENCE)
            if expected > SHORT and any(engine.name == SINGULAR for engine in self.waiting):
                from exactland.engines.singular import begin_guide

                self._advice = begin_guide(self.system, 2 * expected)

    def _wait(self) -> None:
        """Until something has happened: an answer, advice, or time for another engine."""
        if self._answers:
            return
        from exactland.engines.child import wait_for

        children = [run.child for run in self._running]
        left = min(child.remaining for child in children)
        joins = self.waiting and not self._following().complements and len(children) < self._cores
        if joins:
            left = min(left, self._last + self._patience - time.monotonic())
        wait_for([*children, *([self._advice] if self._advice else [])], max(left, 0.0))
        if self._advice is not None and self._advice.ended():
            self._follow_advice(self._advice)
        for run in list(self._running):
            if run.child.ended() or run.child.remaining <= 0:
                self._running.remove(run)
                self._answers.append((run.engine, run.answer(), time.monotonic() - run.started))
                if run.engine.name == HOMOTOPY:
                    self._drop_advice()

    def _follow_advice(self, child: Child) -> None:
        """Call the path tracker off when there are far fewer points than the Bezout number says."""
        from exactland.engines.singular import guidance

        found = guidance(child.result(), len(self.system.variables))
        self._drop_advice()
        _, bezout = chosen_groups(self.system)
        # The tracker can do with a few solutions at infinity, and gives up by itself when it does not know them.
        if found is not None and (found.dimension != 0 or 2 * (found.count or 0) < bezout):
            for run in [run for run in self._running if run.engine.name == HOMOTOPY]:
                self._running.remove(run)
                run.stop()
                message = f"called off: {found.count if found.dimension == 0 else 'infinitely many'} solutions modulo a"
                message += f" prime, Bezout number {bezout}"
                answer = EngineAnswer(HOMOTOPY, run.engine.version(), Status.FAILED, message=message)
                self._answers.append((run.engine, answer, time.monotonic() - run.started))

    def _drop_advice(self) -> None:
        if self._advice is not None:
            self._advice.close()
            self._advice = None


def points_are_missing(pool: Pool, only_complete: bool = False) -> bool:
    """Whether more points could help: fewer are known than the evidence allows, or none where there is no evidence
    (unless a list that is not shown to be complete is of no use).
    """
    if pool.evidence or pool.levels:
        if any(pool.orbits(levels.signs) >= levels.bound for levels in pool.levels):
            return False
        return all(pool.count() < len(evidence.basis) for evidence in pool.evidence)
    if only_complete:
        return False
    return pool.positive_dimensional is None and not any(pool.claimed.values())
