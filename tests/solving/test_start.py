"""What a small system costs before anything is solved: the modules that it does not need stay away."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from exactland.later import Later

UNWANTED = ["numpy", "subprocess", "exactland.decompose", "exactland.classify.gram", "exactland.engines.singular"]
UNWANTED += [f"exactland.checker.{family}" for family in ("cases", "components", "facts", "slices", "strata", "levels")]
UNWANTED += ["exactland.engines.child", "exactland.certify.reduced", "exactland.classify.sos", "hashlib"]
COMPLETION = "(a*b - 1)^2 + (a*c - 2)^2 + (b*c - 3)^2 + (b^2 - 4)^2 + (c^2 - 5)^2"  # a^2 is not observed


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a child is started by another module")
@pytest.mark.parametrize(
    "expression",
    [
        "1/2*(a*b - 1)^2 + 1/20*a^2 + 1/20*b^2",
        "(a*b*c - 1)^2 + a^2 + b^2 + c^2",
        "a^4 - 2*b^4 + a*b^3 + a*b + 3*a - b",
        COMPLETION,
    ],
)
def test_a_small_landscape_needs_few_modules(expression: str) -> None:
    code = (
        "import json, sys\n"
        "from exactland.api import solve\n"
        f"land = solve({expression!r})\n"
        f"print(json.dumps([land.complete.value, [m for m in {UNWANTED!r} if m in sys.modules]]))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True)
    assert json.loads(done.stdout) == ["proved", []]


def test_a_network_needs_no_parser() -> None:
    code = (
        "import sys\n"
        "from exactland.api import solve\n"
        "from exactland.objective import Objective\n"
        "net = dict(widths=[1, 1, 1], activation='identity', bias=False, output='trained')\n"
        "data, loss = dict(inputs=[['1']], targets=[['2']]), dict(kind='squared', scale='1/2', ridge=['1/10', '1/5'])\n"
        "land = solve(Objective.from_statement(dict(network=net, data=data, loss=loss)))\n"
        "print(land.complete.value, 'exactland.parser' in sys.modules, 'random' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout.split() == ["proved", "False", "False"]


def test_a_module_is_imported_when_something_of_it_is_asked_for() -> None:
    sys.modules.pop("colorsys", None)
    module = Later("colorsys")
    assert "colorsys" not in sys.modules
    assert module.rgb_to_hls(0.5, 0.5, 0.5) == (0.0, 0.5, 0.0)
    assert "colorsys" in sys.modules
    with pytest.raises(AttributeError, match="nothing"):
        _ = module.nothing


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a child is started by another module")
def test_an_engine_is_at_work_before_the_checker_is_imported() -> None:
    code = (
        "import os, sys\n"
        "fork = os.fork\n"
        "def watched():\n"
        "    print('exactland.checker' in sys.modules, flush=True)\n"
        "    return fork()\n"
        "os.fork = watched\n"
        "from exactland.api import solve\n"
        "print(solve('a^4 + 2*b^4 + 3*c^4 + 4*d^4 + a*b*c + b*c*d + a + 2*b + 3*c + d').complete.value)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout.split() == ["False", "proved"]
