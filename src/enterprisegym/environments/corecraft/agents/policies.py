"""The scripted policies of Corecraft by name: reference, floors, and a probe for every lesion."""

from __future__ import annotations

import importlib.util
import json

from enterprisegym.environment import PolicyInfo
from enterprisegym.environments.corecraft.agents import floors
from enterprisegym.environments.corecraft.agents.worker import LESIONS, PlanFunction, Worker
from enterprisegym.environments.corecraft.tools import TOOLBOX
from enterprisegym.errors import ToolError, UserError
from enterprisegym.rollout import PolicyFactory
from enterprisegym.rollout.policies import Script, null, reference, scripted
from enterprisegym.tasks import Call, Reference, Task
from enterprisegym.world import Fork

PLANS = "enterprisegym.environments.corecraft.expert.plans"
NOT_FOUND = "I could not find what you asked for."


def plan_of(task: Task) -> PlanFunction:
    """The plan of the task's family, `solve` in `families/<family>.py` or, for expert tasks, in
    `expert/plans/<family>.py`; raises UserError when there is none."""
    from enterprisegym.environments.corecraft.families import family_named, meanings  # its modules import the worker

    family = family_named(task.family)
    if family is not None:
        given = meanings(task.given)
        return lambda a: family.solve(a, given)
    name = f"{PLANS}.{task.family.replace('-', '_').replace('.', '_')}"
    if importlib.util.find_spec(name) is None:
        raise UserError(f"task {task.id} has no plan: a probe plays the plan of its family, write {name}")
    return importlib.import_module(name).solve


def play(plan: PlanFunction, worker: Worker) -> Script:
    """A plan as a script. A worker with a lesion that finds itself without data says so; any other crash is a bug."""
    try:
        return (yield from plan(worker))
    except (LookupError, ValueError, TypeError, AttributeError):
        if worker.lesion is None:
            raise
    except RuntimeError as error:
        if worker.lesion is None or not isinstance(error.__cause__, StopIteration):
            raise
    return NOT_FOUND


def solve(task: Task, fork: Fork) -> Reference:
    """What the plan of a task does in a world with all skills: its calls (those refused left out) and response."""
    script = play(plan_of(task), Worker(clock=fork.clock))
    made: list[Call] = []
    try:
        call = next(script)
        while True:
            try:
                answer = json.loads(json.dumps(TOOLBOX.call(fork, call.name, call.arguments)))
                made.append(call)
            except ToolError as refusal:
                answer = {"error": str(refusal)}
            call = script.send(answer)
    except StopIteration as end:
        return Reference(calls=tuple(made), response=end.value)


def _planned(name: str, lesion: str | None) -> PolicyFactory:
    return scripted(name, lambda task, seed: play(plan_of(task), Worker(lesion)))


def _policies() -> dict[str, PolicyInfo]:
    found = [
        PolicyInfo("reference", "reference", "makes the calls of the reference and gives its response", reference),
        PolicyInfo("worker", "reference", "plays the task's plan live, with all skills", _planned("worker", None)),
        PolicyInfo("null", "floor", "answers at once, with nothing", null),
        *(
            PolicyInfo(name, "floor", (script.__doc__ or "").split("\n")[0], scripted(name, script))
            for name, script in floors.FLOORS.items()
        ),
        *(PolicyInfo(name, "probe", summary, _planned(name, name)) for name, summary in LESIONS.items()),
    ]
    return {info.name: info for info in found}


POLICIES: dict[str, PolicyInfo] = _policies()
"""Every scripted policy by name. A probe for a task without a plan raises UserError."""
