"""Prime components of the solutions of a system by Singular, with what is needed to derive them line by line.

Singular splits the primes off one after the other. With J the ideal so far, P the next prime and H the intersection of
those after it, few elements f of P and h of H give P and H together with J; a power of each product f*h is in J. For
all of this Singular writes cofactors, so that a reader only has to multiply. Nothing here is trusted: a statement that
does not hold is not used.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from exactland.engines.base import Exponents, PolynomialSystem
from exactland.engines.child import Child, ChildResult
from exactland.engines.foreign import Singular
from exactland.engines.program import Refused, degenerate, polynomial_texts
from exactland.engines.singular import ARGUMENTS, read_count, read_terms

MAX_POWER = 8
MAX_PRIMES = 200
MAX_ELEMENTS = 3_000
MAX_OUTPUT = 64 * 2**20

Poly = dict[Exponents, Fraction]
Cofactors = tuple[tuple[int, Poly], ...]  # numbers of elements, with their multipliers


@dataclass(frozen=True)
class Product:
    """(few[f] * others[h])^power as a combination of the elements so far; without others, few[f]^power."""

    f: int
    h: int | None
    power: int
    cofactors: Cofactors


@dataclass(frozen=True)
class SplitOff:
    """One prime: its elements are combinations of the elements so far and `few`, those of the rest of the elements so
    far and `others`; the rest are then the elements so far.
    """

    prime: tuple[Poly, ...]
    few: tuple[Poly, ...]
    rest: tuple[Poly, ...]
    others: tuple[Poly, ...]
    products: tuple[Product, ...]
    prime_from: tuple[Cofactors, ...]
    rest_from: tuple[Cofactors, ...]


def script(system: PolynomialSystem) -> str:
    """The program; the last prime has no rest."""
    names = ",".join(f"x{i + 1}" for i in range(len(system.variables)))
    return f"""LIB "primdec.lib";
ring r=0,({names}),dp;
short=0;
option(redSB);
proc tell(string w, ideal i, int n)
{{ int a; for(a=1;a<=n;a++){{print(w+" "+string(i[a]));}} }}
proc cofactors(ideal i, ideal w, int n)
{{ int a; int b; matrix m=lift(i,w);
for(a=1;a<=n;a++){{
for(b=1;b<=nrows(m);b++){{if(m[b,a]!=0){{print("C "+string(b));print("M "+string(m[b,a]));}}}}
print("E");
}} }}
proc few(ideal p, ideal j)
{{ ideal s=std(j); ideal m; int a; int n;
for(a=1;a<=ncols(p);a++){{if(reduce(p[a],s)!=0){{n++;m[n]=p[a];s=std(s+ideal(p[a]));}}}}
return(m); }}
proc joined(ideal j, ideal m)
{{ ideal i=j; int a; int n=ncols(j); for(a=1;a<=size(m);a++){{i[n+a]=m[a];}} return(i); }}
ideal j={",".join(polynomial_texts(system))};
list l=minAssGTZ(j);
int k;
int a;
int b;
int p;
int n;
int t=size(l);
print("PRIMES "+string(t));
for(k=1;k<=t;k++){{l[k]=std(l[k]);}}
list h;
h[t]=ideal(1);
if(t>1){{h[t-1]=l[t];}}
for(k=t-2;k>=1;k--){{h[k]=std(intersect(l[k+1],h[k+1]));}}
ideal m; ideal o; ideal s; ideal w; ideal q; poly f; poly g;
for(k=1;k<=t;k++){{
m=few(l[k],j);
o=ideal(1);
if(k<t){{o=few(h[k],j);}}
s=std(j);
print("SIZES "+string(ncols(l[k])));
print("FEW "+string(size(m)));
print("REST "+string(ncols(h[k])));
print("OTHERS "+string(size(o)));
tell("P",l[k],ncols(l[k]));
tell("F",m,size(m));
tell("R",h[k],ncols(h[k]));
tell("O",o,size(o));
n=0; w=0;
for(a=1;a<=size(m);a++){{for(b=1;b<=size(o);b++){{
f=m[a]*o[b]; g=f; p=1;
while(reduce(g,s)!=0){{if(p=={MAX_POWER}){{print("POWER");quit;}}g=g*f;p++;}}
n++; w[n]=g;
print("POWER "+string(p));
}}}}
if(n>0){{cofactors(j,w,n);}}
cofactors(joined(j,m),l[k],ncols(l[k]));
if(k<t){{cofactors(joined(j,o),h[k],ncols(h[k]));}}
j=h[k];
}}
print("END");
quit;
"""


def begin(system: PolynomialSystem, engine: Singular, seconds: float) -> Child | None:
    """Start the program; None when it is not here or not suited."""
    program = engine.find()
    if program is None or not engine.version() or degenerate(system) is not None:
        return None
    return Child.program([program, *ARGUMENTS], script(system).encode(), seconds)


def read(result: ChildResult, n: int, elements: int, deadline: float) -> tuple[SplitOff, ...]:
    """What the program said of a system of n variables and this number of equations; raises Refused."""
    if result.returncode != 0:
        raise Refused("time limit" if result.returncode is None else f"ended with code {result.returncode}")
    if len(result.stdout) > MAX_OUTPUT:
        raise Refused("the output is too long")
    try:
        reader = _Reader(iter(result.stdout.decode("ascii").split("\n")), n, deadline)
    except UnicodeDecodeError:
        raise Refused("no readable output") from None
    primes = reader.number("PRIMES", MAX_PRIMES)
    found = []
    for k in range(primes):
        step = reader.step(elements, last=k + 1 == primes)
        elements = len(step.rest)
        found.append(step)
    reader.end()
    return tuple(found)


@dataclass
class _Reader:
    lines: Iterator[str]
    n: int
    deadline: float

    def said(self, word: str) -> str:
        if time.monotonic() > self.deadline:
            raise Refused("time limit")
        line = next(self.lines, "")
        head, found, rest = line.partition(" ")
        if head != word or bool(rest) != bool(found):
            raise Refused(f"a line that starts with {word} was expected: {line[:40]!r}")
        return rest

    def number(self, word: str, most: int) -> int:
        count = read_count(self.said(word))
        if not 0 <= count <= most:
            raise Refused(f"{word} {count}")
        return count

    def poly(self, word: str) -> Poly:
        terms = [(m, c) for c, m in read_terms(self.said(word), self.n)]
        found = dict(terms)
        if not found or len(found) < len(terms):
            raise Refused("a polynomial that is 0, or a monomial that stands twice")
        return found

    def polys(self, word: str, count: int) -> tuple[Poly, ...]:
        return tuple(self.poly(word) for _ in range(count))

    def cofactors(self, elements: int) -> Cofactors:
        found: list[tuple[int, Poly]] = []
        while True:
            line = next(self.lines, "")
            if line == "E":
                return tuple(found)
            head, _, number = line.partition(" ")
            place = read_count(number) if head == "C" else 0
            if not 1 <= place <= elements or (found and place <= found[-1][0] + 1):
                raise Refused(f"no cofactor: {line[:40]!r}")
            found.append((place - 1, self.poly("M")))

    def step(self, elements: int, last: bool) -> SplitOff:
        sizes = [self.number(word, MAX_ELEMENTS) for word in ("SIZES", "FEW", "REST", "OTHERS")]
        prime, few = self.polys("P", sizes[0]), self.polys("F", sizes[1])
        rest, others = self.polys("R", sizes[2]), self.polys("O", sizes[3])
        pairs = [(f, h) for f in range(len(few)) for h in range(len(others))]
        if len(pairs) > MAX_ELEMENTS:
            raise Refused(f"{len(pairs)} products")
        powers = [self.number("POWER", MAX_POWER) for _ in pairs]
        products = tuple(
            Product(f, None if last else h, power, self.cofactors(elements))
            for (f, h), power in zip(pairs, powers, strict=True)
        )
        prime_from = tuple(self.cofactors(elements + len(few)) for _ in prime)
        rest_from = () if last else tuple(self.cofactors(elements + len(others)) for _ in rest)
        return SplitOff(prime, few, () if last else rest, () if last else others, products, prime_from, rest_from)

    def end(self) -> None:
        if self.said("END") or any(self.lines):
            raise Refused("something follows the answer")
