"""Solve, certify, check: polynomial objectives.

Engines are asked one after the other until the checker accepts a certificate that proves the list complete. The
landscape is then read off the report of the checker, not off the search.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

from exactland.certify import assemble, json_forms
from exactland.certify.infinity import Ready, bezout_entry, mixed_entry, ready_entries
from exactland.certify.lowest import visible_infimum
from exactland.certify.points import CannotAssemble, NoIdealEvidence
from exactland.certify.reading import Checked, landscape_of
from exactland.checker import Rejection, ResourceLimit, check_bytes
from exactland.engines.base import LevelEvidence, RankEvidence
from exactland.engines.homotopy import NAME as HOMOTOPY
from exactland.engines.homotopy import chosen_groups, seen_at_infinity
from exactland.landscape import Completeness, Landscape
from exactland.objective import Objective
from exactland.reduce.symmetries import signed_permutations
from exactland.solving.begin import Begun
from exactland.solving.refine import separating_form
from exactland.solving.schedule import cores
from exactland.solving.system import GradientSystem
from exactland.solving.zero_dimensional import ExactPoint, Part, Pool, absorb, add_symmetric_images, settle_boxes

if TYPE_CHECKING:
    from exactland.engines.rur import AlgebraicOrbit


def solve_zero_dimensional(
    objective: Objective,
    begun: Begun,
    progress: Callable[[str], None],
    seconds: float,
    rule: str | None = None,
    free: bool = True,
    values: bool = True,
) -> Landscape:
    """All critical points of a polynomial objective; see `exactland.api.solve`.

    When critical points that move are found, and in the end when there is no proof, critical sets are looked for; the
    latter only if `free`, when no engine was asked for by name. Without `values` only the list of points and their
    types are looked for.
    """
    search = _Search(objective, begun, progress, seconds, free, values)
    landscape = search.landscape(rule)
    if search.plan.reduction is not None and not search.settled(landscape):
        begun.without_reductions()
        search = _Search(objective, begun, progress, seconds, free, values)
        landscape = search.landscape(rule)
    return landscape


def exact_points(
    objective: Objective, begun: Begun, progress: Callable[[str], None], seconds: float
) -> Sequence[ExactPoint]:
    """The critical points in orbits of moderate degree with exact coordinates, as far as an engine gives them."""
    return _Search(objective, begun, progress, seconds, free=False, values=False).exact_points()


LARGEST_ORBIT = 32
MANY_PATHS = 500  # from so many on numpy pays for the estimates of boxes
TOO_LONG = "Exceeds the limit"  # what Python says of an integer too long for a text
LIGHT_PRIMES = (2**19 - 1, 2**31 - 1, 2**61 - 1)  # the elimination modulo a smaller prime is faster to check


class _Search:
    """One run: engines are asked one after the other until a certificate that proves completeness is accepted."""

    def __init__(
        self,
        objective: Objective,
        begun: Begun,
        progress: Callable[[str], None],
        seconds: float,
        free: bool,
        values: bool,
    ) -> None:
        self.objective = objective
        self.seconds, self.free, self.values = seconds, free, values
        self.progress = progress
        self.pool = Pool()
        self.gs = begun.gs
        start = time.monotonic() - begun.prepared
        self.symmetries = signed_permutations(self.gs.polynomial)
        self.plan, self.engines = begun.plan, begun.engines
        self.schedules = begun.schedules
        self.parts = [self._part(leaf) for leaf in begun.leaves]
        self.hint = objective.squares
        self._exact: list[ExactPoint] | None = None
        self._doubtful = False  # whether a box was rejected
        self._spent("prepare", start)
        waiting = cores() > 1 and all(schedule.at_work for schedule in self.schedules)
        many = waiting and any(chosen_groups(part.gs.system)[1] >= MANY_PATHS for part in self.parts)
        if waiting and (many or not (self.gs.sphere or visible_infimum(self.gs.polynomial, self.hint))):
            import_module("numpy")  # for many points, or evidence for the infimum; nothing else is to be done now
        self._ready: Ready = {}
        if waiting and len(self.parts) == 1 and seen_at_infinity(self.parts[0].gs.system):
            gs, schedule = self.parts[0].gs, self.schedules[0]
            self._ready = ready_entries(gs, chosen_groups(gs.system)[0], lambda: schedule.awaits(HOMOTOPY))

    def _part(self, leaf: GradientSystem) -> Part:
        """A system to solve; when nothing is reduced, that of the objective with the pool of the search."""
        if self.plan.reduction is None:
            return Part(self.gs, self.pool, self.symmetries)
        pool = Pool(messages=self.pool.messages, engines=self.pool.engines, seconds=self.pool.seconds)
        return Part(leaf, pool, signed_permutations(leaf.polynomial))

    def ask_next(self) -> bool:
        """Take the next answer for each part; whether there was one."""
        found = False
        for part, schedule in zip(self.parts, self.schedules, strict=True):
            asked = schedule.next(part.pool)
            if asked is not None:
                found = True
                absorb(*asked, part.gs, part.pool)
            self.pool.positive_dimensional = self.pool.positive_dimensional or part.pool.positive_dimensional
        return found

    def settled(self, landscape: Landscape) -> bool:
        """Whether another run without reductions can add nothing."""
        positive = any(part.pool.positive_dimensional is not None for part in self.parts)
        return landscape.complete is Completeness.PROVED or positive

    def univariate(self, largest: int | None = None) -> tuple[AlgebraicOrbit, ...]:
        """Points with exact coordinates, from the first evidence of a finite quotient; empty when out of reach."""
        if len(self.parts) != 1:
            return ()
        from exactland.certify.multiple import MAX_EXACT_BASIS, univariate_orbits

        part = self.parts[0]
        if not part.pool.evidence and part.pool.count() <= MAX_EXACT_BASIS and not self.schedules[0].at_work:
            self.schedules[0].rows_at_once()
        while not part.pool.evidence and part.pool.count() <= MAX_EXACT_BASIS and self.ask_next():
            pass
        found: tuple[AlgebraicOrbit, ...] = ()
        for evidence in part.pool.evidence:
            found = found or univariate_orbits(part.gs, evidence, largest, self.seconds)
        if self.plan.reduction is None:
            return found
        from exactland.certify.reduced import lift_orbit

        return tuple(lifted for orbit in found if (lifted := lift_orbit(self.plan, orbit)) is not None)

    def exact_points(self) -> list[ExactPoint]:
        """Points in orbits of moderate degree."""
        if self._exact is None:
            self._exact = [ExactPoint(o.modulus, o.coordinates) for o in self.univariate(LARGEST_ORBIT)]
        return self._exact

    def landscape(self, rule: str | None) -> Landscape:
        """The landscape, proved complete when possible; a rule may be forced."""
        tried = rule is None and self.values and self.free and self._turns()
        if tried:
            covered = self._by_sets()
            if covered is not None:
                return covered
        while self.ask_next() or not self.parts:
            if (
                rule is None
                and self.values
                and not tried
                and self.pool.positive_dimensional is not None
                and self._moves()
            ):
                tried = True
                covered = self._by_sets()
                if covered is not None:
                    return covered
            found = self._proof(rule) or (self._proof(rule) if self._tested() else None)
            if found is not None:
                return landscape_of(self.objective, found, self.pool, Completeness.PROVED, None)
            if not self.parts:
                break
        last = self.plan.reduction is None or self.pool.positive_dimensional is not None  # no run without reductions
        if rule is None and self.free and last and not tried:
            return self._by_sets() or self._open()
        return self._open()

    def _proof(self, rule: str | None) -> Checked | None:
        """The first certificate of completeness that the checker accepts now."""
        for completeness in self._lifted() if self.plan.reduction is not None else self._rules(self.parts[0], rule):
            found = self._certify(completeness)
            if found is not None:
                return found
        return None

    def _tested(self) -> bool:
        """After a box was rejected: whether there were boxes that had only been estimated; now all are tested."""
        listed = [self.pool, *(part.pool for part in self.parts)]
        doubtful = self._doubtful and not all(found.tested for pool in listed for found in pool.certified)
        self._doubtful = False
        if doubtful:
            settle_boxes(self.gs, self.pool)
            for part in self.parts if self.plan.real else ():
                settle_boxes(part.gs, part.pool)
        return doubtful

    def _turns(self) -> bool:
        """Whether continuous symmetries move the critical points, while an engine is at work that may take long."""
        if self.gs.sphere or cores() < 2 or not all(schedule.at_work for schedule in self.schedules):
            return False
        from exactland.classify.symmetries import moving

        return any(moving(gs.polynomial) for gs in self._about())

    def _moves(self) -> bool:
        """Whether what an engine says of the dimension is borne out by critical points that move."""
        from exactland.engines.flow import positive_dimension

        return any(positive_dimension(gs.system) is not None for gs in self._about())

    def _about(self) -> list[GradientSystem]:
        """The systems whose critical points may move: those of the parts, where these are simpler at nonreal points."""
        return [part.gs for part in self.parts] if self.plan.real else [self.gs]

    def _by_sets(self) -> Landscape | None:
        from exactland.certify.by_sets import solve_by_sets

        return solve_by_sets(self.objective, self.gs, self.seconds, self.progress, self.pool, self.engines)

    def _lifted(self) -> Iterator[assemble.Completeness]:
        """Completeness by way of the parts, once there is a rule for each of them."""
        rules = [next(self._rules(part, None), None) for part in self.parts]
        if any(part.pool.multiple for part in self.parts):  # then the Bezout number is of no use (rule C4)
            rules = [next(self._rules(part, None, bezout=False), None) for part in self.parts]
        if None in rules:
            return
        start = time.monotonic()
        try:
            from exactland.certify.reduced import lift

            lift(self.gs, self.plan, self.parts, self.pool)
        except CannotAssemble as error:
            self.pool.messages.append(str(error))
            return
        finally:
            self._spent("lift", start)

        def together(form: Sequence[int]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
            leaves = zip(self.parts, rules, strict=True)
            entry = self.plan.entry([_leaf(part, rule, self.plan.real) for part, rule in leaves])
            return entry["completeness"], entry["lines"]

        yield together

    def _rules(self, part: Part, wanted: str | None, bezout: bool = True) -> Iterator[assemble.Completeness]:
        """The rules that may prove completeness now: Bezout and rank when the points found are as many, else ideal."""
        gs, pool = part.gs, part.pool
        if bezout and wanted in (None, "bezout") and not pool.multiple and pool.count():
            start = time.monotonic()
            # Beside evidence for another rule, zeros at infinity bring nothing.
            other = any(len(evidence.basis) == pool.count() for evidence in pool.evidence)
            other = other or any(levels.bound == pool.orbits(levels.signs) for levels in pool.levels)
            entry = bezout_entry(gs, pool.count(), None if other and wanted is None else pool.zeros, self._ready)
            self._spent("infinity", start)
            if entry is not None:
                yield lambda form: (entry, [])
        if wanted == "bezout":
            return
        counted = pool.claimed.get("loops") == pool.count() if wanted is None else wanted == "mixed"
        if bezout and counted and not pool.multiple and pool.count():
            start = time.monotonic()
            mixed = mixed_entry(gs, pool.count())
            self._spent("mixed", start)
            if mixed is not None:
                yield lambda form: (mixed, [])
        if wanted == "mixed":
            return
        by_levels = wanted == "levels" or (wanted is None and not pool.evidence)
        for levels in list(pool.levels) if by_levels else ():
            if pool.orbits(levels.signs) < levels.bound:
                from exactland.certify.multiple import add_multiple_points

                start = time.monotonic()
                add_multiple_points(gs, pool, levels)
                self._spent("multiplicity", start)
            if pool.orbits(levels.signs) == levels.bound:
                yield partial(_by_levels, levels)
        if wanted == "levels":
            return
        for evidence in list(pool.evidence):
            start = time.monotonic()
            _complete_pool(gs, pool, evidence, part.symmetries, self.seconds)
            self._spent("multiplicity", start)
            lines = [json_forms.line(line) for line in evidence.lines]
            by_rank = wanted == "rank" or (wanted is None and pool.count() == len(evidence.basis))
            yield partial(_by_rank if by_rank else _by_ideal, gs, evidence, lines)

    def _spent(self, what: str, start: float) -> None:
        self.pool.seconds[what] = self.pool.seconds.get(what, 0.0) + time.monotonic() - start

    def _certify(self, completeness: assemble.Completeness | None) -> Checked | None:
        """Assemble, check, and return the report with the text that was checked."""
        self.progress("certificate")
        start = time.monotonic()
        symmetries = self.symmetries if completeness is not None else ()
        orbits = self.exact_points if completeness is not None else list
        try:
            certificate, reasons = assemble.assemble(
                self.gs, self.objective.statement, self.pool, completeness, symmetries, self.hint, orbits, self.values
            )
        except (CannotAssemble, NoIdealEvidence) as error:
            self.pool.messages.append(str(error))
            return None
        except ValueError as error:
            if TOO_LONG not in str(error):
                raise
            self.pool.messages.append("a certificate would need numbers of more digits than the checker reads")
            return None
        finally:
            self._spent("certify", start)
        for prime in LIGHT_PRIMES if completeness is not None else LIGHT_PRIMES[:1]:
            if completeness is not None:
                certificate["completeness"] = json_forms.with_prime(certificate["completeness"], prime)
            written = assemble.text(certificate)
            start = time.monotonic()
            try:
                return check_bytes(written.encode("ascii")), written, reasons
            except (Rejection, ResourceLimit) as error:
                self.pool.messages.append(f"the checker did not accept the certificate: {error}")
                self._doubtful = isinstance(error, Rejection) and error.rule.startswith("B")
                if not (isinstance(error, Rejection) and error.rule in ("N3", "R3")):
                    return None  # with another prime a matrix may be nonsingular
            finally:
                self._spent("check", start)
        return None

    def _open(self) -> Landscape:
        """What is known when no rule proved completeness."""
        pool = self.pool
        if pool.positive_dimensional is not None:
            seems = f"the critical set seems to be positive-dimensional ({pool.positive_dimensional})"
            others = [m for m in pool.messages if m != pool.positive_dimensional]
            reason = "; ".join(dict.fromkeys([seems, *others]))
            return Landscape(self.objective, Completeness.OPEN, reason, seconds=pool.seconds, engines=pool.engines)
        listed = bool(pool.certified or pool.multiple)
        found = self._certify(None) if listed else None
        if found is None and self._tested():
            found = self._certify(None)
        reason = "; ".join(dict.fromkeys(pool.messages)) or "no engine proved the list complete"
        agreed = [name for name, count in pool.claimed.items() if count and count == pool.count()]
        status = Completeness.CHECKED if agreed else Completeness.OPEN
        if agreed:
            reason = f"listed by {' and '.join(agreed)}, no proof of completeness; {reason}"
        if found is None:
            return Landscape(self.objective, Completeness.OPEN, reason, seconds=pool.seconds, engines=pool.engines)
        return landscape_of(self.objective, found, pool, status, reason)


def _leaf(part: Part, rule: assemble.Completeness | None, real: bool) -> dict[str, Any]:
    """The entry of a part: what a rule needs to be about it; with the points where only the real ones matter."""
    form = separating_form(part.pool.certified, len(part.gs.variables))
    if form is None or rule is None:
        raise CannotAssemble("no linear form with small coefficients separates the points of a part")
    completeness, lines = rule(form)
    if real:
        from exactland.certify.reduced import list_of_points

        completeness = {"rule": "listed", "inner": list_of_points(part, form, lines, completeness)}
        lines = []
    return {"form": [str(c) for c in form], "lines": lines, "completeness": completeness}


def _by_levels(evidence: LevelEvidence, form: Sequence[int]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    return json_forms.levels(evidence), [json_forms.line(line) for line in evidence.lines]


def _by_rank(
    gs: GradientSystem, evidence: RankEvidence, lines: list[dict[str, Any]], form: Sequence[int]
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    return json_forms.rank(evidence), lines


def _by_ideal(
    gs: GradientSystem, evidence: RankEvidence, lines: list[dict[str, Any]], form: Sequence[int]
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    from exactland.certify.ideal import ideal_evidence

    return ideal_evidence(gs, evidence, form, lines)


def _complete_pool(
    gs: GradientSystem, pool: Pool, evidence: RankEvidence, symmetries: Sequence[tuple[int, ...]], seconds: float
) -> None:
    """Fill the gap between the points found and the bound: symmetric images first, then multiple points."""
    bound = len(evidence.basis)
    if pool.count() < bound and symmetries:
        add_symmetric_images(gs, symmetries, pool)
    if pool.count() < bound:
        from exactland.certify.multiple import find_multiple_points

        find_multiple_points(gs, pool, evidence, seconds)
