"""The rank rule as the engines see it: what they hand on is checked by it first. Not the checker."""

from __future__ import annotations

from collections.abc import Sequence
from operator import add

from flint import nmod_mat

from exactland.engines.base import Exponents, PolynomialSystem, RankEvidence, expand_lines

LARGE = 100  # rows from which the sparse elimination is faster


def check_rank(system: PolynomialSystem, evidence: RankEvidence) -> str | None:
    """Why the evidence fails the rank rule, or None when it holds; not the checker."""
    n = len(system.variables)
    try:
        elements = expand_lines(system, evidence.lines)
    except ValueError as trouble:
        return str(trouble)
    basis = set(evidence.basis)
    one = (0,) * n
    if len(basis) != len(evidence.basis):
        return "a basis monomial occurs twice"
    if basis and one not in basis:
        return "1 is not in the basis"
    rows: list[dict[Exponents, int]] = []
    for g, shift in evidence.rows:
        rows.append({tuple(map(add, m, shift)): c for c, m in elements[g]})
    columns = sorted({m for row in rows for m in row} - basis)
    index = {m: j for j, m in enumerate(columns)}
    if len(columns) != len(rows):
        return f"{len(rows)} rows for {len(columns)} columns"
    if not basis and one not in index:
        return "1 is not a column"
    for b in basis:
        for k in range(n):
            border = tuple(e + (i == k) for i, e in enumerate(b))
            if border not in basis and border not in index:
                return f"the border monomial {border} is not a column"
    return None if _nonsingular(rows, index, evidence.prime) else "the matrix is singular modulo the prime"


def _nonsingular(rows: Sequence[dict[Exponents, int]], index: dict[Exponents, int], prime: int) -> bool:
    """Cut where the last k rows have k columns; each block apart."""
    seen: dict[int, int] = {}
    end = len(rows)
    for start in range(len(rows) - 1, -1, -1):
        for m in rows[start]:
            if m in index:
                seen.setdefault(index[m], end)
        if len(seen) < len(rows) - start:
            return False
        if len(seen) == len(rows) - start:
            block = [
                {
                    j: v
                    for m, c in row.items()
                    if (j := index.get(m, -1)) in seen and seen[j] == end and (v := c % prime)
                }
                for row in rows[start:end]
            ]
            if not _block_nonsingular(block, prime):
                return False
            end = start
    return end == 0


def _block_nonsingular(block: list[dict[int, int]], prime: int) -> bool:
    columns = sorted({j for row in block for j in row})
    if len(columns) != len(block):
        return False
    if len(block) > LARGE and prime < 2**31:
        import numpy as np

        from exactland.engines.elimination import Elimination

        solved = Elimination(columns, block, np.zeros((len(block), 0), dtype=np.int64), prime)
        return len(solved.kept) == len(block)
    place = {j: k for k, j in enumerate(columns)}
    matrix = nmod_mat(len(block), len(block), prime)
    for i, row in enumerate(block):
        for j, c in row.items():
            matrix[i, place[j]] = c
    return bool(matrix.rank() == len(block))
