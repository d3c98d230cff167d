"""Landscapes with positive-dimensional critical sets: a case tree, its certificate, the report of the checker."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from exactland.certify.components import Cover, add_types, assemble_components, cover
from exactland.certify.points import CannotAssemble
from exactland.certify.reading import checked, landscape_of
from exactland.decompose.cases import OutOfReach
from exactland.engines.base import Engine
from exactland.engines.foreign import Singular
from exactland.landscape import Completeness, Landscape
from exactland.objective import Objective
from exactland.solving.system import GradientSystem
from exactland.solving.zero_dimensional import Pool


class Cases:
    """The critical sets of one objective by case trees: the sets first, then the types along them."""

    def __init__(self, objective: Objective, gs: GradientSystem, progress: Callable[[str], None], pool: Pool) -> None:
        self.objective, self.gs, self.progress, self.pool = objective, gs, progress, pool
        self.sets: Cover | None = None
        pool.engines["cases"] = "1"

    def find(self, seconds: float, work: int | None = None, engines: Sequence[Engine] = ()) -> bool:
        """Look for the sets, within so much work if it is given, or along the primes that an engine finds; whether they
        are known.
        """
        if self.sets is None:
            with self._noted():
                self.sets = cover(self.gs, seconds, self.progress, work, engines)
                if self.sets.primes:
                    self.pool.engines[Singular.name] = self.sets.primes
        return self.sets is not None

    def degree(self) -> int:
        """The largest degree of a loss over the rational numbers; types along sets of high degree are shown more easily
        point by point.
        """
        parts = () if self.sets is None else self.sets.parts
        return max((len(part.leaf.eliminant) - 1 for part in parts if part.root is not None), default=1)

    def landscape(self, seconds: float, patient: bool = True) -> Landscape | None:
        """The sets with the types along them, once they are found; unless patient, only with all types."""
        sets, statement, made = self.sets, self.objective.statement, None
        if sets is not None:
            with self._noted():
                if add_types(self.gs, statement, sets.parts, seconds, patient) or patient:
                    made = assemble_components(self.gs, statement, sets, self.objective.squares)
        if made is None:
            return None
        certificate, reasons, along = made
        found = checked(certificate, reasons, self.pool)
        if found is None:
            return None
        return landscape_of(self.objective, found, self.pool, Completeness.PROVED, None, along)

    @contextmanager
    def _noted(self) -> Iterator[None]:
        """Failures become messages; the time is noted."""
        start = time.monotonic()
        try:
            yield
        except (OutOfReach, CannotAssemble, OverflowError, RecursionError) as error:
            self.pool.messages.append(f"cases: {error}")
        finally:
            spent = self.pool.seconds.get("cases", 0.0) + time.monotonic() - start
            self.pool.seconds["cases"] = spent
