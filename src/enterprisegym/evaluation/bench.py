"""Measurements of the world's speed: medians over many repetitions, on the machine at hand."""

from __future__ import annotations

import asyncio
import gc
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from enterprisegym.environment import Environment, make
from enterprisegym.errors import ToolError
from enterprisegym.evaluation.soundness import play
from enterprisegym.tasks import Call, Task
from enterprisegym.world import Fork, WorldImage

LIVE_FORKS = 500


def bench_world(name: str, *, large_scale: int = 100, repeat: int = 300) -> dict[str, Any]:
    """The figures of `egym bench world`: builds into an empty cache, then times forks, calls and grading.

    Times are medians. `read_us_p50` and `change_us_p50` are over the calls that the expert references make, each
    change on a fresh fork state as the reference meets it, validation and first-write cost included.
    """
    with tempfile.TemporaryDirectory(prefix="egym-bench-") as folder:
        environment = make(name, cache=Path(folder))
        started = time.perf_counter()
        small = environment.world(seed=1, scale=1)
        build_s = time.perf_counter() - started
        started = time.perf_counter()
        environment.world(seed=1, scale=large_scale)
        build_large_s = time.perf_counter() - started
        tasks = environment.tasks("expert")
        reads, changes = _call_times(environment, tasks)
        return {
            "machine": _machine(),
            "repeat": repeat,
            "fork_us_p50_scale_1": _fork_us(environment, 1, repeat),
            f"fork_us_p50_scale_{large_scale}": _fork_us(environment, large_scale, repeat),
            "first_change_us_p50": _first_change_us(environment, repeat, recycled=False),
            "first_change_recycled_us_p50": _first_change_us(environment, repeat, recycled=True),
            "fork_kib": _fork_kib(environment),
            "read_us_p50": _median_us(reads),
            "change_us_p50": _median_us(changes),
            "grade_ms_p50": round(_grade_ms(environment, tasks), 3),
            "build_s": round(build_s, 2),
            f"build_{large_scale}_s": round(build_large_s, 1),
            "import_cpu_s": round(_import_cpu_s(), 3),
            "world_mib_scale_1": round(small.path.stat().st_size / 2**20, 1),
            "entities_scale_1": _entities(environment, small),
        }


def _entities(environment: Environment, image: WorldImage) -> int:
    with image.fork() as fork:
        tables = environment.spec.entity_types.values()
        return sum(fork.rows(f"SELECT count(*) AS n FROM {table}")[0]["n"] for table in tables)


def _median_us(seconds: list[float]) -> float:
    return round(statistics.median(seconds) * 1e6, 1) if seconds else 0.0


def _fork_us(environment: Environment, scale: int, repeat: int) -> float:
    """Opening a fork and its first keyed read answered, closing left out."""
    image = environment.world(seed=1, scale=scale)
    table = next(iter(environment.spec.entity_types.values()))
    with image.fork() as probe:
        key = probe.rows(f"SELECT id FROM {table} ORDER BY id LIMIT 1")[0]["id"]
    found: list[float] = []
    for _ in range(repeat + 5):
        started = time.perf_counter()
        fork = image.fork()
        fork.get(table, key)
        found.append(time.perf_counter() - started)
        fork.close()
    return _median_us(found[5:])


def _first_change_us(environment: Environment, repeat: int, *, recycled: bool) -> float:
    """The first write to a table of a fresh fork, in its transaction; `recycled`: on a closed fork's connection."""
    image = environment.world(seed=1, scale=1)
    table = environment.schema.tables[list(environment.spec.entity_types.values())[2]]
    found: list[float] = []
    for _ in range(repeat):
        if not recycled:
            image = WorldImage(image.key, image.folder, image.schema, image.clock, image.hash)
        with image.fork() as fork:
            row = fork.rows(f"SELECT * FROM {table.name} ORDER BY id LIMIT 1")[0]
            started = time.perf_counter()
            with fork.transaction():
                fork.update(table.name, row["id"], row)
            found.append(time.perf_counter() - started)
    return _median_us(found)


def _fork_kib(environment: Environment) -> float:
    """Resident memory a live fork costs after six reads and one change through the tools, 500 alive at once.

    Reads and changes are those of the expert references, in turn; of changes, the first of each task that can be made
    on a fresh fork.
    """
    calls = [c for t in environment.tasks("expert") for c in t.reference.calls]
    reads = [c for c in calls if environment.toolbox[c.name].kind == "read"]
    firsts = [next((c for c in t.reference.calls if environment.toolbox[c.name].kind == "change"), None) for t in
              environment.tasks("expert")]  # fmt: skip
    image = environment.world(seed=1)
    changes: list[Call] = []
    for call in firsts:
        with image.fork() as fork:
            if call is not None and _quiet(environment, fork, call):
                changes.append(call)
    image = WorldImage(image.key, image.folder, image.schema, image.clock, image.hash)
    gc.collect()
    before = _resident_kib()
    live: list[Fork] = []
    for number in range(LIVE_FORKS):
        fork = image.fork()
        for call in (reads * 2)[number % len(reads) :][:6]:
            _quiet(environment, fork, call)
        _quiet(environment, fork, changes[number % len(changes)])
        live.append(fork)
    gc.collect()
    cost = (_resident_kib() - before) / LIVE_FORKS
    for fork in live:
        fork.close()
    return round(cost, 1)


def _quiet(environment: Environment, fork: Fork, call: Call) -> bool:
    """Make a call; whether it was accepted."""
    try:
        environment.toolbox.call(fork, call.name, dict(call.arguments))
    except ToolError:
        return False
    return True


def _call_times(environment: Environment, tasks: list[Task], rounds: int = 5) -> tuple[list[float], list[float]]:
    reads: list[float] = []
    changes: list[float] = []
    for _ in range(rounds):
        for task in tasks:
            with environment.fork_for(task) as fork:
                for call in task.reference.calls:
                    started = time.perf_counter()
                    _quiet(environment, fork, call)
                    elapsed = time.perf_counter() - started
                    (changes if environment.toolbox[call.name].kind == "change" else reads).append(elapsed)
    return reads, changes


def _grade_ms(environment: Environment, tasks: list[Task]) -> float:
    """Grading the reference's outcome by checks, the diff included."""

    async def run() -> list[float]:
        found: list[float] = []
        for task in tasks:
            rollout, _ = await play(environment, task, task.reference)
            for _ in range(5):
                started = time.perf_counter()
                rollout.grader(task, rollout.outcome(task.reference.response))
                found.append(time.perf_counter() - started)
            rollout.close()
        return found

    times = asyncio.run(run())
    return statistics.median(times) * 1e3 if times else 0.0


def _import_cpu_s() -> float:
    """CPU time of `import enterprisegym` in a fresh interpreter, less that of an interpreter that imports nothing."""

    def cpu(code: str) -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-c", code], check=True)  # noqa: S603 - our own interpreter
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    return statistics.median(cpu("import enterprisegym") - cpu("pass") for _ in range(5))


def _resident_kib() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 1024


def _machine() -> dict[str, Any]:
    import sqlite3

    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        names = [
            line.split(":", 1)[1].strip() for line in cpuinfo.read_text().splitlines() if line.startswith("model name")
        ]
        model = names[0] if names else model
    return {
        "cpu": model,
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "system": platform.system(),
    }
