"""Evidence that zeros at infinity are isolated, and their multiplicities (rules Z2 to Z5, A and M).

The zeros are those that can be seen at once, and those with coordinates in Z[i] that paths have led to.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from operator import add
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from flint import fmpq, fmpq_poly, nmod_mat

from exactland.certify import json_forms
from exactland.checker import Rejection, ResourceLimit
from exactland.checker.bezout import in_chart
from exactland.checker.coordinates import Coordinates
from exactland.checker.fields import Zeros
from exactland.checker.kernel import Exponents, IntPoly, times_variable
from exactland.engines.base import MERSENNE_PRIMES, Zero
from exactland.engines.groups import Groups, bezout_number, degrees_in
from exactland.engines.infinity import MAX_CORANK, PRIME, ROOT, Boundary
from exactland.exact import rational_text
from exactland.polynomial import from_terms, ring
from exactland.solving.system import GradientSystem

if TYPE_CHECKING:
    from exactland.classify.multiplicity import DualBasis

MAX_COLUMNS = 3_000
MAX_ZEROS = 200
MAX_READY = 16  # the largest multiplicity that is looked for in advance
#: Entries of zeros with the sums of their multiplicities, made before it is known that they will be needed.
Ready = dict[tuple[Groups, Zero, tuple[int, ...]], tuple[dict[str, Any], int]]


def bezout_entry(
    gs: GradientSystem,
    count: int,
    zeros: Mapping[Groups, Sequence[Zero]] | None = MappingProxyType({}),
    ready: Ready | None = None,
) -> dict[str, Any] | None:
    """The entry of the Bezout rule, when so many simple critical points and zeros at infinity attain the number.

    `zeros` have been found for groups of variables; one group is always tried. Without it only the critical points
    count.
    """
    one = (0,) * len(gs.variables)
    tried = sorted(
        ((bezout_number(degrees_in(gs.system, groups), groups) - count, groups) for groups in {one, *(zeros or ())}),
    )
    for missing, groups in tried:
        entry: dict[str, Any] = {"rule": "bezout", "groups": list(groups)}
        if missing == 0:
            return entry
        beyond = zeros_at_infinity(gs, groups, missing, zeros.get(groups, ()), ready) if zeros is not None else None
        if beyond is not None:
            return {**entry, "infinity": beyond}
    return None


def mixed_entry(gs: GradientSystem, count: int) -> dict[str, Any] | None:
    """The entry of the rule of mixed volumes, when so many simple critical points attain the number."""
    from exactland.engines.mixed import mixed_cells

    found = mixed_cells(gs.system, linear=True)
    return found.entry if found is not None and found.volume == count else None


def zeros_at_infinity(
    gs: GradientSystem, groups: Groups, missing: int, zeros: Sequence[Zero] = (), ready: Ready | None = None
) -> dict[str, Any] | None:
    """The zeros at infinity that are known, when their multiplicities have this sum; None otherwise."""
    if missing < 0:
        return None
    boundary = Boundary(gs.system, groups)
    known = dict.fromkeys([*boundary.coordinate_zeros(), *map(_upper, zeros)])
    if not known or not len(known) <= min(missing, MAX_ZEROS):
        return None
    form = _form(list(known), boundary.n)
    if form is None:
        return None
    entries: list[dict[str, Any]] = []
    for zero in known:
        if boundary.corank(zero) > MAX_CORANK:
            return None
        found = (ready or {}).get((groups, zero, form)) or _entry(gs, groups, zero, form, missing)
        if found is None:
            return None
        entry, multiplicity = found
        entries.append(entry)
        missing -= multiplicity
    return {"form": [str(c) for c in form], "points": entries} if missing == 0 else None


def ready_entries(gs: GradientSystem, groups: Groups, waiting: Callable[[], bool]) -> Ready:
    """The entries of the zeros that can be seen at once, as long as there is nothing else to do."""
    boundary = Boundary(gs.system, groups)
    known = boundary.coordinate_zeros()[:MAX_ZEROS]
    form = _form(known, boundary.n)
    ready: Ready = {}
    if form is None:
        return ready
    for zero in known:
        if not waiting() or boundary.corank(zero) > MAX_CORANK:
            break
        found = _entry(gs, groups, zero, form, MAX_READY)
        if found is None:
            break
        ready[groups, zero, form] = found
    return ready


def _upper(zero: Zero) -> Zero:
    """Of a conjugate pair the member whose first coordinate off the reals has a positive imaginary part."""
    lead = next((b for _, b in zero.at if b), 0)
    return Zero(zero.chart, tuple((a, -b) for a, b in zero.at)) if lead < 0 else zero


def _local(zero: Zero) -> list[tuple[int, int]]:
    """The coordinates in the chart: x_0 = 0 in the place of the variable that is 1."""
    return [(0, 0) if k in zero.chart else z for k, z in enumerate(zero.at)]


def _value(form: Sequence[int], zero: Zero) -> tuple[int, int]:
    local = _local(zero)
    return tuple(sum(c * z[part] for c, z in zip(form, local, strict=True)) for part in (0, 1))  # type: ignore[return-value]


def _form(zeros: list[Zero], n: int) -> tuple[int, ...] | None:
    """A form with values off the reals at points off the reals, and different values, up to conjugation, in a chart."""
    for spread in range(1, 40):
        form = tuple(pow(spread, j, 101) for j in range(n))
        values = [(z.chart, a, abs(b)) for z in zeros for a, b in [_value(form, z)]]
        proper = all(b or not any(y for _, y in z.at) for z, (_, _, b) in zip(zeros, values, strict=True))
        if proper and len(set(values)) == len(values):
            return form
    return None


def _entry(
    gs: GradientSystem, groups: Groups, zero: Zero, form: Sequence[int], most: int
) -> tuple[dict[str, Any], int] | None:
    """The entry of one zero, or of one with its conjugate, and the sum of the multiplicities."""
    from exactland.certify.multiple import MAX_MULTIPLICITY, functionals
    from exactland.classify.multiplicity import dual_basis

    chart = list(zero.chart)
    a, b = _value(form, zero)
    polys = [in_chart(g, list(groups), chart) for g in gs.elements.gradient]
    equations = [from_terms(ring(gs.variables), [(c, m) for m, c in poly.items()]) for poly in polys]
    # The parameter is t = a + b i, so that i = (t - a)/b.
    coordinates = [[Fraction(x) - Fraction(y * a, b), Fraction(y, b)] if b else [Fraction(x)] for x, y in _local(zero)]
    modulus = [a * a + b * b, -2 * a, 1] if b else [-a, 1]
    size = 2 if b else 1
    point: list[Fraction | int | fmpq_poly] = [
        fmpq_poly([fmpq(c.numerator, c.denominator) for c in x]) if b else x[0] for x in coordinates
    ]
    bound = min(most // size, MAX_MULTIPLICITY)
    basis = dual_basis(equations, point, fmpq_poly(modulus) if b else None, bound=bound)
    if basis is None:
        return None
    texts = [[rational_text(c) for c in x] for x in coordinates]
    rows = isolating_rows(polys, basis, Coordinates(modulus, texts), (a + b * ROOT) % PRIME)
    if rows is None:
        return None
    entry: dict[str, Any] = {
        "chart": chart,
        "modulus": [str(c) for c in modulus],
        "coordinates": texts,
        "dual": json_forms.dual(functionals(basis)),
    }
    for prime in MERSENNE_PRIMES:
        entry["isolated"] = {"prime": str(prime), "rows": [[i, list(s)] for i, s in rows]}
        try:
            Zeros(entry, polys, list(form))
        except (Rejection, ResourceLimit):
            continue
        return entry, size * basis.multiplicity
    return None


def isolating_rows(
    polys: Sequence[IntPoly], basis: DualBasis, at: Coordinates, root: int
) -> list[tuple[int, Exponents]] | None:
    """As many rows (polynomial, shift) as rules Z4 and Z5 want, independent where t is the root modulo the prime."""
    n = len(at.coordinates)
    inside = {m for f in basis.functionals for m, c in f.coefficients if any(c)}
    grown = {times_variable(m, k) for m in inside for k in range(n)} - inside
    edge = {m for m in grown if all((*m[:k], m[k] - 1, *m[k + 1 :]) in inside for k in range(n) if m[k])}
    columns = inside | edge
    if len(columns) > MAX_COLUMNS:
        return None
    place = {m: j for j, m in enumerate(sorted(columns - set(basis.pivots), key=lambda m: (sum(m), m)))}
    residues: list[dict[Exponents, int]] = []
    for poly in polys:
        taylor = at.expansion(poly, frozenset(columns))
        if any(den % PRIME == 0 for _, den in taylor.values()):
            return None
        residues.append(
            {
                m: sum(c * pow(root, k, PRIME) for k, c in enumerate(nums)) * pow(den, -1, PRIME) % PRIME
                for m, (nums, den) in taylor.items()
            }
        )
    rows: list[tuple[int, Exponents]] = []
    entries: list[dict[int, int]] = []
    for shift in sorted(columns, key=lambda m: (sum(m), m)):
        for i, residue in enumerate(residues):
            moved = ((place.get(tuple(map(add, shift, m))), value) for m, value in residue.items())
            row = {j: value for j, value in moved if j is not None}
            if row:
                rows.append((i, shift))
                entries.append(row)
    matrix = nmod_mat(len(place), len(rows), PRIME)
    for j, entry in enumerate(entries):
        for k, value in entry.items():
            matrix[k, j] = value
    reduced, rank = matrix.rref()
    if rank < len(place):
        return None
    return [rows[next(j for j in range(i, len(rows)) if int(reduced[i, j]))] for i in range(rank)]
