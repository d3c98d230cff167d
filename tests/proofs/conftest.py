"""The verdicts on the system that a module of tests is about."""

from __future__ import annotations

import pytest

from exactland.claims.runner import Report, verify


@pytest.fixture(scope="module")
def report(request: pytest.FixtureRequest) -> Report:
    """All verdicts on the system that the module calls NAME."""
    return verify([request.module.NAME])
