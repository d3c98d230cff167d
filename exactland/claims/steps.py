"""Where Newton's method and its saddle-free variant go in one step, as exact identities.

At the points x = place(t), with parameters t, let g be the gradient and A the Hessian. They are shown to the checker by
L(x + e v) = r + e g.v + e^2/2 v.A v + e^3 (...), an identity in t, v and e. Newton's method goes to x - A^-1 g, the
saddle-free one to x - |A|^-1 g, where |A| is the only positive semidefinite B with B^2 = A^2. So the claimed image y is
right where B (or B = A) is invertible if B (x - y) = g; adj(B) B = d 1 shows B to be invertible where d is not 0.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from exactland.claims.evidence import Evidence, is_plain_polynomial
from exactland.claims.properties import IdentityHolds, Property
from exactland.claims.truth import Finding, Truth, false, true, unknown
from exactland.claims.values import NonnegativeForm
from exactland.objective import Objective
from exactland.polynomial import Polynomial, ring, terms, to_fmpq

__all__ = ["StepIs"]

_STEP = "step_"
Matrix = list[list[Polynomial]]


@dataclass(frozen=True)
class StepIs(Property):
    """One step from the points `place` leads to `image`, both with polynomials in the parameters as coordinates.

    With `absolute`, a symmetric matrix of such polynomials, the method is the saddle-free one and this is |A|; without
    it is Newton's. The parameters in `positive` stand for positive numbers.
    """

    parameters: tuple[str, ...]
    place: tuple[str, ...]
    image: tuple[str, ...]
    absolute: tuple[tuple[str, ...], ...] | None = None
    positive: tuple[str, ...] = ()

    def evaluate(self, evidence: Evidence) -> Finding:
        if not is_plain_polynomial(evidence.objective):
            return unknown("polynomials only")
        n = len(evidence.objective.variables)
        slope, hessian, shown = self._second_order(evidence)
        used = hessian if self.absolute is None else [[self._read(entry) for entry in row] for row in self.absolute]
        findings = [shown]
        if self.absolute is not None:
            if any(used[i][j] != used[j][i] for i in range(n) for j in range(i)):
                return unknown("a matrix that is not symmetric is no absolute value")
            findings += self._is_absolute(evidence, hessian, used)
        determinant, adjugate = _adjugate(used)
        findings.append(self._bilinear(evidence, _product(adjugate, used), _scalar(determinant, n)))
        for finding in findings:
            if finding.truth is not Truth.TRUE:
                return unknown("the step is not certified: an identity for the matrix is open or fails")
        moved = [[self._read(a) - self._read(b)] for a, b in zip(self.place, self.image, strict=True)]
        step = self._bilinear(evidence, _product(used, moved), [[g] for g in slope])
        certificates = tuple(dict.fromkeys(c for finding in (*findings, step) for c in finding.certificates))
        name = "Newton" if self.absolute is None else "saddle-free"
        if determinant.is_zero() or step.truth is Truth.UNKNOWN:
            return unknown("the matrix is singular" if determinant.is_zero() else step.reason)
        if step.truth is Truth.FALSE:
            return false(f"the {name} step leads elsewhere", *certificates)
        where = "" if determinant.is_constant() else f" where {_text(determinant)} is not 0"
        return true(f"{name} step ({', '.join(self.place)}) -> ({', '.join(self.image)}){where}", *certificates)

    def _read(self, text: str) -> Polynomial:
        return Objective.from_expression(text, self.parameters).polynomial

    def _second_order(self, evidence: Evidence) -> tuple[list[Polynomial], Matrix, Finding]:
        """The gradient and the Hessian at the points, and the identity that shows them."""
        objective = evidence.objective
        directions = _directions(len(objective.variables))
        names = (*self.parameters, *directions, _STEP)
        moved = {
            name: f"({at} + {_STEP}*{v})"
            for name, at, v in zip(objective.variables, self.place, directions, strict=True)
        }
        left = re.sub(r"[A-Za-z_]\w*", lambda m: moved[m.group()], str(objective.expression))
        context, size = ring(self.parameters), len(self.parameters)
        slope = [context.constant(0) for _ in directions]
        hessian = [[context.constant(0) for _ in directions] for _ in directions]
        rest = []
        for c, m in terms(Objective.from_expression(left, names).polynomial):
            factor = context.constant(to_fmpq(c))
            for x, e in zip(context.gens(), m[:size], strict=True):
                factor *= x**e
            along = [i for i, e in enumerate(m[size:-1]) for _ in range(e)]
            if m[-1] == 1:
                slope[along[0]] += factor
            elif m[-1] == 2:
                hessian[along[0]][along[1]] += factor
                hessian[along[1]][along[0]] += factor
            else:
                rest.append("*".join((f"({c})", *(f"{x}^{e}" for x, e in zip(names, m, strict=True) if e))))
        first = " + ".join(f"{_STEP}*({_text(g)})*{v}" for g, v in zip(slope, directions, strict=True))
        second = f"1/2*{_STEP}^2*({_form(hessian, directions, directions)})"
        right = " + ".join([first, second, *rest])
        return slope, hessian, IdentityHolds(names, left, right).evaluate(evidence)

    def _is_absolute(self, evidence: Evidence, hessian: Matrix, used: Matrix) -> list[Finding]:
        """used^2 = hessian^2, and used is positive semidefinite."""
        directions = _directions(len(used))
        squares = self._bilinear(evidence, _product(used, used), _product(hessian, hessian))
        text = re.sub(
            r"[A-Za-z_]\w*",
            lambda m: f"({m.group()}^2)" if m.group() in self.positive else m.group(),
            _form(used, directions, directions),
        )
        degree = max((sum(m) for row in used for entry in row for _, m in terms(entry)), default=0)
        flat = all(sum(m) == degree for row in used for entry in row for _, m in terms(entry))
        free = [name for name in self.parameters if name not in self.positive]
        if degree and (not flat or free):
            return [squares, unknown("the sign of the matrix is shown for homogeneous entries, parameters positive")]
        names = (*(self.parameters if degree else ()), *directions)
        return [squares, NonnegativeForm(names, text).evaluate(evidence)]

    def _bilinear(self, evidence: Evidence, left: Matrix, right: Matrix) -> Finding:
        """Equality of two matrices."""
        rows = [f"left_{i + 1}" for i in range(len(left))]
        columns = [f"right_{i + 1}" for i in range(len(left[0]))]
        names = (*self.parameters, *rows, *columns)
        return IdentityHolds(names, _form(left, rows, columns), _form(right, rows, columns)).evaluate(evidence)


def _directions(n: int) -> tuple[str, ...]:
    return tuple(f"direction_{i + 1}" for i in range(n))


def _product(left: Matrix, right: Matrix) -> Matrix:
    context = left[0][0].context()
    found = [[context.constant(0) for _ in right[0]] for _ in left]
    for i, row in enumerate(left):
        for j in range(len(right[0])):
            for k, entry in enumerate(row):
                found[i][j] += entry * right[k][j]
    return found


def _scalar(value: Polynomial, n: int) -> Matrix:
    return [[value if i == j else value * 0 for j in range(n)] for i in range(n)]


def _minor(m: Matrix, i: int, j: int) -> Matrix:
    return [[x for b, x in enumerate(row) if b != j] for a, row in enumerate(m) if a != i]


def _determinant(m: Matrix, one: Polynomial) -> Polynomial:
    if not m:
        return one
    total = one * 0
    for j, entry in enumerate(m[0]):
        total += (-1) ** j * entry * _determinant(_minor(m, 0, j), one)
    return total


def _adjugate(m: Matrix) -> tuple[Polynomial, Matrix]:
    """The determinant and the adjugate, by minors: for small matrices."""
    one, size = m[0][0].context().constant(1), range(len(m))
    adjugate = [[(-1) ** (i + j) * _determinant(_minor(m, j, i), one) for j in size] for i in size]
    return _determinant(m, one), adjugate


def _form(m: Matrix, rows: Sequence[str], columns: Sequence[str]) -> str:
    parts = [f"({_text(m[i][j])})*{u}*{v}" for i, u in enumerate(rows) for j, v in enumerate(columns)]
    return " + ".join(parts)


def _text(p: Polynomial) -> str:
    names = p.context().names()
    parts = ["*".join((f"({c})", *(f"{x}^{e}" for x, e in zip(names, m, strict=True) if e))) for c, m in terms(p)]
    return " + ".join(parts) or "0"
