"""Images and forks of the small world."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from small_world import CLOCK, SCHEMA, small_rows

from enterprisegym.world import Fork, WorldImage, WorldKey, open_image
from enterprisegym.world.image import Generated

OpenSmall = Callable[..., WorldImage]


@pytest.fixture
def open_small() -> OpenSmall:
    """open_small(cache, seed=..., on_build=...) -> the small world's image in that cache folder."""

    def run(
        cache: Path, *, seed: int = 1, version: str = "1", on_build: Callable[[], None] = lambda: None
    ) -> WorldImage:
        def generate() -> Generated:
            on_build()
            rows = small_rows()
            rows["owners"][0]["name"] = f"Ada {seed}"
            return Generated(rows, {"traps": {"twin": ["pet-2"]}})

        return open_image(WorldKey("small", seed, 1, (), version), SCHEMA, CLOCK, generate, cache)

    return run


@pytest.fixture(scope="session")
def small_image(tmp_path_factory: pytest.TempPathFactory) -> WorldImage:
    key = WorldKey("small", 1, 1, (), "1")
    rows = Generated(small_rows(), {})
    return open_image(key, SCHEMA, CLOCK, lambda: rows, tmp_path_factory.mktemp("small"))


@pytest.fixture
def small(small_image: WorldImage) -> Iterator[Fork]:
    with closing(small_image.fork()) as fork:
        yield fork
