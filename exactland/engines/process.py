"""Engines that run in a child, as the `main` of a module of this package, and speak the JSON of `wire`."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

from exactland.engines.base import Engine, EngineAnswer, PolynomialSystem, Status
from exactland.engines.wire import Malformed, answer_from_text, system_to_json

if TYPE_CHECKING:
    from exactland.engines.child import Child


class ChildEngine(Engine):
    """Sends a request to a child and reads one answer, whatever the child does."""

    module: str

    def request(self, system: PolynomialSystem, seconds: float) -> dict[str, Any]:
        """What the child reads on its standard input."""
        return {"system": system_to_json(system), "seconds": max(0.0, seconds - 0.5)}

    def unsuited(self, system: PolynomialSystem) -> str | None:
        """Why no child is needed to see that the engine cannot solve this system, or None."""
        return None if self.is_available() else "not found"

    def child(self, request: bytes, seconds: float) -> Child:
        """The child that reads the request."""
        from exactland.engines.child import Child

        return Child.module(self.module, request, seconds)

    def begin(self, system: PolynomialSystem, seconds: float) -> Run | EngineAnswer:
        """Start solving in a child that is killed at the time limit; the answer when there is nothing to start."""
        reason = self.unsuited(system)
        if reason is not None:
            return EngineAnswer(self.name, "", Status.UNAVAILABLE, message=reason)
        request = json.dumps(self.request(system, seconds)).encode()
        return Run(self, self.child(request, seconds), system)

    def solve(self, system: PolynomialSystem, seconds: float) -> EngineAnswer:
        """Solve in a child that is killed at the time limit."""
        run = self.begin(system, seconds)
        return run if isinstance(run, EngineAnswer) else run.answer()


class Run:
    """An engine at work in its child."""

    def __init__(self, engine: Engine, child: Child, system: PolynomialSystem) -> None:
        self.engine = engine
        self.child = child
        self.started = time.monotonic()
        self._system = system

    def answer(self) -> EngineAnswer:
        """Wait for the answer; never raises, never later than the time limit."""
        name, result = self.engine.name, self.child.result()

        def without(status: Status, message: str) -> EngineAnswer:
            return EngineAnswer(name, self.engine.version(), status, message=message, seconds=result.seconds)

        if result.returncode is None:
            return without(Status.TIMED_OUT, "time limit")
        if result.returncode != 0:
            errors = (result.error or result.stderr)[-300:]
            return without(Status.FAILED, f"the child ended with code {result.returncode}: {errors}")
        try:
            answer = answer_from_text(result.stdout, self._system, result.seconds)
        except (Malformed, ValueError, OverflowError, RecursionError, MemoryError) as trouble:
            return without(Status.FAILED, f"{trouble}")
        return answer if answer.engine == name else without(Status.FAILED, "the answer names another engine")

    def stop(self) -> None:
        """Kill the child; the engine gives no answer."""
        self.child.close()
