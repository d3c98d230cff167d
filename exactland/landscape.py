"""The landscape: every critical set that was found, what is proved of it, and what is not.

All positive statements in here are copied from the report of the checker on a written certificate
(`exactland.certify`); nothing else may set them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import TYPE_CHECKING, Any

from exactland.number import Number
from exactland.objective import Objective

if TYPE_CHECKING:
    from pathlib import Path

    from exactland.checker import Report

SCHEMA = "exactland.landscape/1"


class Completeness(Enum):
    """Whether the list of critical points is known to be the whole list."""

    PROVED = "proved"
    CHECKED = "checked"
    OPEN = "open"

    def __bool__(self) -> bool:
        raise TypeError("completeness is proved, checked or open: compare with Completeness.PROVED")


class Kind(Enum):
    """The type of a critical point; see the design for the definitions."""

    MINIMUM = "minimum"
    MAXIMUM = "maximum"
    STRICT_SADDLE = "strict_saddle"
    NONSTRICT_SADDLE = "nonstrict_saddle"
    UNDECIDED = "undecided"


@dataclass(frozen=True)
class Inertia:
    """Numbers of positive, zero and negative eigenvalues of the Hessian."""

    positive: int
    zero: int
    negative: int


@dataclass(frozen=True)
class CriticalPoint:
    """One real critical point. `None` means not established.

    `is_global` and `spurious` are about minima; `orbit` numbers the orbits under the sign and permutation symmetries of
    the objective, and apart from these the critical sets of positive dimension.
    """

    kind: Kind
    value: Number
    point: Mapping[str, Number]
    inertia: Inertia | None
    is_global: bool | None
    spurious: bool | None
    multiplicity: int | None = 1
    orbit: int = 0
    orbit_size: int = 1
    smooth: bool = True
    dimension: int = 0
    equations: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()  # the last of the equations: what sets this part of a critical set apart
    reason: str | None = None  # why the kind is undecided: what the search says, no part of any proof

    @property
    def inhabited(self) -> bool:
        """Whether a point is known; a part of a critical set may have none."""
        return self.dimension == 0 or bool(self.point)

    @property
    def degenerate(self) -> bool | None:
        """Whether the Hessian has a larger kernel than the dimension of the critical set."""
        return None if self.inertia is None else self.inertia.zero > self.dimension

    @property
    def index(self) -> int | None:
        """The Morse index: negative eigenvalues of the Hessian."""
        return None if self.inertia is None else self.inertia.negative

    def to_json(self) -> dict[str, Any]:
        inertia = self.inertia
        return {
            "kind": self.kind.value,
            "reason": self.reason,
            "global": self.is_global,
            "spurious": self.spurious,
            "smooth": self.smooth,
            "degenerate": self.degenerate,
            "dimension": self.dimension,
            "value": self.value.to_json(),
            "inertia": None
            if inertia is None
            else {"positive": inertia.positive, "zero": inertia.zero, "negative": inertia.negative},
            "point": {name: number.to_json() for name, number in self.point.items()},
            "equations": list(self.equations),
            "conditions": list(self.conditions),
            "inhabited": self.inhabited,
            "set": self.orbit + 1 if self.dimension else None,
            "orbit_size": self.orbit_size,
        }


def _some(points: Sequence[CriticalPoint]) -> str:
    parts = sum(p.dimension > 0 for p in points)
    noun = "point" if not parts else "part of a critical set" if parts == len(points) else "row"
    if len(points) == 1:
        return f"1 {noun}"
    return f"{len(points)} {'parts of critical sets' if noun.startswith('part') else noun + 's'}"


@dataclass(frozen=True)
class Infimum:
    """The infimum of the objective. `value` is None when the objective is unbounded below."""

    value: Number | None
    attained: bool
    argument: str

    def to_json(self) -> dict[str, Any]:
        if self.value is None:
            number: dict[str, str | None] = dict.fromkeys(("lower", "upper", "exact", "minimal_polynomial"))
            return {"value": {"approx": "-inf", **number}, "attained": False}
        return {"value": self.value.to_json(), "attained": self.attained}


@dataclass(frozen=True, eq=False, repr=False)
class Certificate:
    """The evidence behind a landscape, as canonical JSON text, with what the checker said of it."""

    text: str
    report: Report

    @property
    def proved(self) -> tuple[str, ...]:
        """What the checker says is proved, one sentence for each thing."""
        return self.report.proved

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Certificate) and (self.text, self.proved) == (other.text, other.proved)

    def __hash__(self) -> int:
        return hash(self.text)

    def save(self, path: str | Path) -> Path:
        """Write it in one step, so that an interruption leaves no half-written file."""
        from pathlib import Path

        from exactland.files import check_writable, write_atomically

        target = Path(path)
        check_writable(target)
        write_atomically(target, self.text)
        return target

    def __repr__(self) -> str:
        return f"Certificate({len(self.text)} bytes, accepted; {len(self.proved)} statements)"


@dataclass(frozen=True, repr=False)
class Landscape:
    """All critical points that were found, sorted by loss, and what is known about the list."""

    objective: Objective
    complete: Completeness
    reason: str | None
    points: tuple[CriticalPoint, ...] = ()
    complex_points: int | None = None
    infimum: Infimum | None = None
    seconds: Mapping[str, float] = field(default_factory=dict)
    engines: Mapping[str, str] = field(default_factory=dict)
    evidence: Certificate | None = None
    certificate_path: Path | None = None

    def __iter__(self) -> Iterator[CriticalPoint]:
        return iter(self.points)

    def __len__(self) -> int:
        return len(self.points)

    def of_kind(self, kind: Kind) -> tuple[CriticalPoint, ...]:
        return tuple(p for p in self.points if p.kind is kind)

    @property
    def minima(self) -> tuple[CriticalPoint, ...]:
        return self.of_kind(Kind.MINIMUM)

    @property
    def maxima(self) -> tuple[CriticalPoint, ...]:
        return self.of_kind(Kind.MAXIMUM)

    @property
    def strict_saddles(self) -> tuple[CriticalPoint, ...]:
        return self.of_kind(Kind.STRICT_SADDLE)

    @property
    def nonstrict_saddles(self) -> tuple[CriticalPoint, ...]:
        return self.of_kind(Kind.NONSTRICT_SADDLE)

    @property
    def undecided(self) -> tuple[CriticalPoint, ...]:
        return self.of_kind(Kind.UNDECIDED)

    @property
    def global_minima(self) -> tuple[CriticalPoint, ...]:
        return tuple(p for p in self.minima if p.is_global is True)

    @property
    def spurious_minima(self) -> tuple[CriticalPoint, ...]:
        """Local minima that are shown not to be global."""
        return tuple(p for p in self.minima if p.spurious is True)

    @property
    def components(self) -> tuple[CriticalPoint, ...]:
        """Positive-dimensional critical sets, one entry for each stratum; those of one set have the same `orbit`."""
        return tuple(p for p in self.points if p.dimension > 0)

    def graph(self, collapse: bool = False) -> Any:
        """The critical sets as a networkx `MultiGraph`; see `exactland.show.graph`."""
        from exactland.show.graph import graph

        return graph(self, collapse)

    @property
    def not_established(self) -> tuple[str, ...]:
        """What a reader might take for granted and must not."""
        gaps = []
        if self.complete is not Completeness.PROVED:
            gaps.append(f"completeness ({self.reason or 'no proof'})")
        if self.infimum is None:
            gaps.append("the infimum")
        for name, left in (
            ("the type", self.undecided),
            ("the inertia", [p for p in self.points if p.inertia is None and p.dimension == 0]),
            ("global or spurious", [p for p in self.minima if p.spurious is None and p.inhabited]),
        ):
            if left:
                gaps.append(f"{name} of {_some(left)}")
        unknown = [p for p in self.points if not p.inhabited]
        if unknown:
            gaps.append(f"whether {_some(unknown)} {'has' if len(unknown) == 1 else 'have'} points at all")
        return tuple(gaps)

    def certificate(self) -> Certificate:
        """The accepted certificate; ValueError when there is none."""
        if self.evidence is None:
            raise ValueError(f"there is no certificate: {self.reason or 'nothing was proved'}")
        return self.evidence

    def with_minimal_polynomials(self) -> Landscape:
        """The landscape with the minimal polynomials of its values and coordinates, as far as they are found.

        They are computed exactly; they are not part of the certificate.
        """
        found = []
        for p in self.points:
            point = {name: number.with_polynomial() for name, number in p.point.items()}
            found.append(replace(p, point=point, value=p.value.with_polynomial()))
        return replace(self, points=tuple(found))

    def counts(self) -> dict[str, int | None]:
        return {
            "real_points": sum(p.dimension == 0 for p in self.points),
            "complex_points": self.complex_points,
            "components": len({p.orbit for p in self.components}),
            **{kind.value: sum(p.inhabited for p in self.of_kind(kind)) for kind in Kind},
            "spurious_minimum": len(self.spurious_minima),
        }

    def to_json(self) -> dict[str, Any]:
        return {
            "schema": SCHEMA,
            "title": self.objective.title,
            "problem_sha256": self.objective.sha256,
            "class": self.objective.kind.value,
            "complete": self.complete.value,
            "reason": self.reason,
            "counts": self.counts(),
            "infimum": None if self.infimum is None else self.infimum.to_json(),
            "critical": [p.to_json() for p in self.points],
            "clarke_only": [],
            "certificate": None if self.certificate_path is None else str(self.certificate_path),
            "seconds": dict(self.seconds),
            "engines": dict(self.engines),
        }

    def json_text(self) -> str:
        return json.dumps(self.to_json(), indent=2, ensure_ascii=True)

    def __repr__(self) -> str:
        from exactland.show.text import landscape_block

        return str(landscape_block(self))
