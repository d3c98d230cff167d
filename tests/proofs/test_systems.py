"""The library of claims, end to end: solver, certificates, checker, verdicts."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from exactland.api import check
from exactland.checker import check_bytes
from exactland.claims import registry
from exactland.claims.claim import Verdict
from exactland.claims.evidence import Evidence, certified_landscape
from exactland.claims.explain import explain
from exactland.claims.runner import Report, Run, verify
from exactland.errors import InputError
from exactland.landscape import Completeness, Kind
from exactland.objective import Objective

SYSTEMS = ("classic_mehta_regularised_linear", "deep_learning_without_poor_local_minima", "matrix_completion")
KEYS = ["system", "case", "role", "statement", "verdict", "expected", "reason", "proved", "certificates", "seconds"]


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Report]:
    folder = tmp_path_factory.mktemp("certificates")
    return {name: verify([name], certificates=folder) for name in SYSTEMS}


def verdicts(report: Report) -> dict[str, Verdict]:
    return {case.case: case.verdict for case in report.cases}


def test_the_systems_are_found():
    assert set(SYSTEMS) <= set(registry.systems())
    assert registry.systems() == tuple(sorted(registry.systems()))


def test_every_system_has_its_tests():
    modules = {path.stem.removeprefix("test_") for path in Path(__file__).parent.glob("test_*.py")}
    assert {*registry.systems()} == {*SYSTEMS, *modules} - {"systems"}


@pytest.mark.parametrize("name", SYSTEMS)
def test_everything_comes_out_as_declared(reports, name):
    report = reports[name]
    assert [(c.case, c.verdict, c.reason) for c in report.unexpected] == []
    assert report.code == 0


@pytest.mark.parametrize("name", SYSTEMS)
def test_verdicts_come_with_their_evidence(reports, name):
    for case in reports[name].cases:
        assert case.reason
        if case.verdict in (Verdict.VERIFIED, Verdict.REFUTED):
            assert case.proved, case.case
            assert case.certificates, case.case
        else:
            assert (case.proved, case.certificates) == ((), ()), case.case


@pytest.mark.parametrize("name", SYSTEMS)
def test_json_schema(reports, name):
    data = json.loads(json.dumps(reports[name].to_json()))
    assert list(data) == ["schema", "cases"]
    assert data["schema"] == "exactland.verdicts/1"
    for case in data["cases"]:
        assert list(case) == KEYS
        assert case["system"] == name
        assert case["role"] in ("case", "control")
        assert {case["verdict"], case["expected"]} <= {v.value for v in Verdict}
        assert all(isinstance(line, str) for line in [*case["proved"], *case["certificates"]])
        assert isinstance(case["seconds"], float)


def test_the_certificates_are_accepted_by_the_checker_alone(reports):
    paths = sorted({path for report in reports.values() for case in report.cases for path in case.certificates})
    assert len(paths) >= 10
    small = sorted(paths, key=lambda path: Path(path).stat().st_size)
    for path in (*small[:3], *small[-2:]):
        assert check(path).outcome == "ACCEPT"


@pytest.mark.parametrize("name", SYSTEMS)
def test_every_sentence_behind_a_verdict_is_one_of_the_checker(reports, name):
    proved: dict[str, tuple[str, ...]] = {}
    for case in reports[name].cases:
        for path in case.certificates:
            proved.setdefault(path, check_bytes(Path(path).read_bytes()).proved)
        assert set(case.proved) == {line for path in case.certificates for line in proved[path]}


def test_runs_are_deterministic(reports):
    name = "classic_mehta_regularised_linear"
    again = verify([name])
    strip = ("seconds", "certificates")
    first = [{k: v for k, v in c.items() if k not in strip} for c in reports[name].to_json()["cases"]]
    second = [{k: v for k, v in c.items() if k not in strip} for c in again.to_json()["cases"]]
    assert first == second


def test_wrong_declarations_change_no_verdict(reports):
    name = "matrix_completion"
    system = registry.load(name)
    turned = replace(
        system,
        claims=tuple(
            replace(
                claim,
                cases=tuple(replace(c, expected=Verdict.REFUTED) for c in claim.cases),
                controls=tuple(replace(c, expected=Verdict.VACUOUS) for c in claim.controls),
            )
            for claim in system.claims
        ),
    )
    report = Report(tuple(Run().system(turned)))
    assert verdicts(report) == verdicts(reports[name])
    assert report.code == 1


def test_regularised_chain(reports):
    found = verdicts(reports["classic_mehta_regularised_linear"])
    assert found["isolated/R100"] is Verdict.VERIFIED
    assert found["non_global_minimum/R100"] is Verdict.VERIFIED
    assert found["isolated/no_regularisation"] is Verdict.REFUTED
    assert found["non_global_minimum/no_regularisation"] is Verdict.REFUTED
    assert found["origin_is_minimum/one_layer_fewer"] is Verdict.REFUTED


def test_sparse_sample_has_a_proved_strict_spurious_minimum(reports):
    case = next(c for c in reports["matrix_completion"].cases if c.case == "recovery/sparse")
    landscape = case.judgement.evidence.solved
    assert case.verdict is Verdict.REFUTED
    assert landscape.complete is Completeness.PROVED
    assert all(p.inertia.positive == 3 and p.value.lower > 0 for p in landscape.spurious_minima)
    assert len(landscape.spurious_minima) == 2


def test_recovery_and_zero_loss_are_separate_tests(reports):
    found = verdicts(reports["matrix_completion"])
    assert found["recovery/diagonal_only"] is Verdict.REFUTED
    assert found["zero_loss_is_weaker/diagonal_only"] is Verdict.VERIFIED
    assert found["random_sample/full_2"] is Verdict.VACUOUS


def test_matrix_completion_counts_both_off_diagonal_positions():
    system = registry.load("matrix_completion")
    claim = system.claims[0]
    sparse = next(c for c in claim.controls if c.name == "sparse")
    wanted = Objective.from_expression(
        "1/2*((1 - x1*x2)^2 + (1 - x2*x1)^2 + (1 - x1*x3)^2 + (1 - x3*x1)^2 + (1 - x2^2)^2 + (1 - x3^2)^2)", "x1 x2 x3"
    )
    assert claim.objective(sparse.parameters).polynomial == wanted.polynomial


def test_weight_decay_is_refuted_with_morse_count_one(reports):
    found = verdicts(reports["deep_learning_without_poor_local_minima"])
    assert found["every_minimum_global/weight_decay"] is Verdict.REFUTED
    assert found["weight_decay_makes_the_origin_bad/scalar_H2_decay"] is Verdict.VERIFIED


@pytest.mark.parametrize("name", SYSTEMS)
def test_explanations_are_worked_examples(name):
    text = explain(name)
    for word in ("Statement:", "Source status:", "Hypothesis 1:", "control ", "dropping:", "REFUTED", "loss "):
        assert word in text
    assert "UNEXPECTED" not in text
    assert max(map(len, text.splitlines())) < 180


def test_unknown_systems_get_the_nearest_name():
    with pytest.raises(InputError, match="did you mean matrix_completion"):
        registry.load("matrix_completon")


def test_the_folder_of_proofs_can_be_chosen(tmp_path, monkeypatch):
    monkeypatch.setenv("EXACTLAND_PROOFS", str(tmp_path / "nowhere"))
    with pytest.raises(InputError, match="no folder"):
        registry.systems()
    (tmp_path / "empty").mkdir()
    monkeypatch.setenv("EXACTLAND_PROOFS", str(tmp_path))
    assert registry.systems() == ()


def test_a_landscape_that_contradicts_its_certificate_is_refused(monkeypatch):
    from exactland.claims import evidence

    objective = Objective.from_expression("(a*b - 1)^2/2 + (a^2 + b^2)/20")
    honest = certified_landscape(objective, 60)
    assert honest.complete is Completeness.PROVED

    def lie(_: object, seconds: float):
        points = tuple(replace(p, kind=Kind.MINIMUM, spurious=True, is_global=False) for p in honest.points)
        return replace(honest, points=points)

    monkeypatch.setattr(evidence, "solve", lie)
    with pytest.raises(RuntimeError, match="something else"):
        certified_landscape(objective, 60)

    def invent(_: object, seconds: float):  # a point of the list in the place of another one
        return replace(honest, points=(honest.points[0], *honest.points[:-1]))

    monkeypatch.setattr(evidence, "solve", invent)
    with pytest.raises(RuntimeError, match="something else"):
        certified_landscape(objective, 60)
    thick = replace(honest, points=tuple(replace(p, dimension=1) for p in honest.points))
    monkeypatch.setattr(evidence, "solve", lambda o, seconds: thick)
    with pytest.raises(RuntimeError, match="something else"):
        certified_landscape(objective, 60)
    monkeypatch.setattr(evidence, "solve", lambda o, seconds: replace(honest, evidence=None))
    with pytest.raises(RuntimeError, match="without a certificate"):
        certified_landscape(objective, 60)


def test_evidence_is_solved_once_and_only_on_demand():
    asked = []

    def spy(objective: Objective):
        asked.append(objective)
        return certified_landscape(objective, 60)

    evidence = Evidence(Objective.from_expression("x^2 + (x - 1)^4"), spy)
    assert evidence.solved is None
    assert evidence.landscape is evidence.landscape
    assert len(asked) == 1
