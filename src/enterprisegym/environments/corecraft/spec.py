"""What Corecraft brings to the engine."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from enterprisegym.environment import EnvironmentSpec, TrapInfo
from enterprisegym.environments.corecraft import expert
from enterprisegym.environments.corecraft.agents import POLICIES, solve
from enterprisegym.environments.corecraft.clock import CLOCK
from enterprisegym.environments.corecraft.generate.build import generate
from enterprisegym.environments.corecraft.generate.content import source_digest
from enterprisegym.environments.corecraft.generate.traps import TRAPS
from enterprisegym.environments.corecraft.policies.audit import audit
from enterprisegym.environments.corecraft.tools import TOOLBOX
from enterprisegym.tasks import Task

FOLDER = Path(__file__).parent
GENERATOR_VERSION = "1"

ENTITY_TYPES = {
    "customers": "customers",
    "orders": "orders",
    "products": "products",
    "builds": "builds",
    "support_tickets": "tickets",
    "slas": "slas",
    "shipping_records": "shipments",
    "compatibility_rules": "compatibility_rules",
    "warranty_policies": "warranty_policies",
    "loyalty_tiers": "loyalty_tiers",
    "knowledge_base_articles": "kb_articles",
    "promotions": "promotions",
    "inventory_levels": "inventory_levels",
    "company_policies": "company_policies",
}


@cache
def _twin(task_id: str, family: str, trap: str) -> Task:
    task = next(t for t in expert.load() if t.id == task_id)
    return expert.load_without(task, trap, TRAPS)


def twin(task: Task, trap: str) -> Task:
    """The same task with one of its traps off, in the world without it."""
    return _twin(task.id, task.family, trap)


SPEC = EnvironmentSpec(
    name="corecraft",
    title="Corecraft Computers: customer support of a PC-parts retailer",
    version=f"{GENERATOR_VERSION}-{source_digest()}",
    schema_sql=(FOLDER / "schema.sql").read_text(encoding="utf-8"),
    clock=CLOCK,
    toolbox=TOOLBOX,
    entity_types=ENTITY_TYPES,
    traps={t.name: TrapInfo(t.name, t.title, t.level, t.story, t.probe) for t in TRAPS.values()},
    system_prompts={
        p.stem: p.read_text(encoding="utf-8").strip() for p in sorted((FOLDER / "system_prompts").glob("*.md"))
    },
    policies=POLICIES,
    splits=("expert",),
    generate=generate,
    load_split=lambda split: expert.load(),
    audit=audit,
    twin=twin,
    solve=solve,
)
