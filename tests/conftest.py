"""Worlds shared by all tests. They are built once a session through the image cache, as a user's are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from enterprisegym.environments import corecraft
from enterprisegym.environments.corecraft.clock import CLOCK
from enterprisegym.environments.corecraft.generate.build import generate
from enterprisegym.world import Fork, Schema, WorldImage, WorldKey, open_image

settings.register_profile("here", deadline=None, suppress_health_check=[HealthCheck.too_slow])  # a busy machine
settings.load_profile("here")

SCHEMA = Schema.parse((Path(corecraft.__file__).parent / "schema.sql").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def build_world(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., WorldImage]:
    """build_world(seed, scale) -> an image without traps, in a cache of this session."""
    cache = tmp_path_factory.mktemp("worlds")

    def build(seed: int = 1, scale: int = 1) -> WorldImage:
        key = WorldKey("corecraft", seed, scale, (), "tests")
        return open_image(key, SCHEMA, CLOCK, lambda: generate(seed=seed, scale=scale, traps=()), cache)

    return build


@pytest.fixture(scope="session")
def plain_image(build_world: Callable[..., WorldImage]) -> WorldImage:
    """Corecraft's world of seed 1 at scale 1 without traps."""
    return build_world()


@pytest.fixture
def fork(plain_image: WorldImage) -> Iterator[Fork]:
    """A fresh, writable copy of that world."""
    with closing(plain_image.fork()) as world:
        yield world
