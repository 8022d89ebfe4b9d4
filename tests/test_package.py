"""The built wheel works outside the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.mark.slow
def test_the_wheel_carries_its_content_and_runs_elsewhere(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(tmp_path), str(ROOT)]
    subprocess.run(build, check=True, cwd=tmp_path)
    (wheel,) = tmp_path.glob("enterprisegym-*.whl")
    home = tmp_path / "env"
    venv.create(home, with_pip=False)
    site = next((home / "lib").glob("python*")) / "site-packages"
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(site), str(wheel)]
    subprocess.run(install, check=True, cwd=tmp_path)
    ours = [p for p in sys.path if p.endswith("site-packages")]
    (site / "borrowed.pth").write_text("\n".join(ours))
    code = (
        "import enterprisegym, sys\n"
        f"assert enterprisegym.__file__.startswith({str(home)!r}), enterprisegym.__file__\n"
        "from enterprisegym.environment import make\n"
        "env = make('corecraft')\n"
        "print(len(env.tasks('expert')), len(env.toolbox), env.world(seed=3).hash)\n"
    )
    environment = {**os.environ, "EGYM_CACHE": str(tmp_path / "cache")}
    ran = subprocess.run(
        [str(home / "bin" / "python"), "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        env=environment,
    )
    tasks, tools, world_hash = ran.stdout.split()
    assert int(tasks) >= 48
    assert int(tools) == 23
    from enterprisegym.environment import make

    assert make("corecraft", cache=tmp_path / "other").world(seed=3).hash == world_hash
