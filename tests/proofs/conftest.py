"""The system that a module of tests is about and calls NAME: its page, its claims, all verdicts."""

from __future__ import annotations

from types import ModuleType

import pytest

from exactland.claims import registry
from exactland.claims.claim import Claim
from exactland.claims.runner import Report, verify


@pytest.fixture(scope="module")
def report(request: pytest.FixtureRequest) -> Report:
    """All verdicts on the system."""
    return verify([request.module.NAME])


@pytest.fixture(scope="module")
def page(request: pytest.FixtureRequest) -> ModuleType:
    """The page of the system, with the functions that its claims use."""
    return registry.page(request.module.NAME)


@pytest.fixture(scope="module")
def claims(request: pytest.FixtureRequest) -> dict[str, Claim]:
    """The claims of the system by name."""
    return {claim.name: claim for claim in registry.load(request.module.NAME).claims}
