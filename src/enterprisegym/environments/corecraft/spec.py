"""What Corecraft brings to the engine."""

from __future__ import annotations

from pathlib import Path

from enterprisegym.environment import Environment, EnvironmentSpec, FamilyInfo, TrapInfo
from enterprisegym.environments.corecraft import expert
from enterprisegym.environments.corecraft.agents import POLICIES, solve
from enterprisegym.environments.corecraft.clock import CLOCK
from enterprisegym.environments.corecraft.families import families, family_named, suite
from enterprisegym.environments.corecraft.families.derive import Deriver
from enterprisegym.environments.corecraft.generate.build import generate
from enterprisegym.environments.corecraft.generate.content import source_digest
from enterprisegym.environments.corecraft.generate.traps import TRAPS
from enterprisegym.environments.corecraft.lint import lint
from enterprisegym.environments.corecraft.policies.audit import audit
from enterprisegym.environments.corecraft.tools import TOOLBOX
from enterprisegym.tasks import NearMiss, Reference, Task, WorldRef
from enterprisegym.world import Fork

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


def split_of(task_id: str) -> str | None:
    """The split of a task: the expert tasks are on file, the generated ones in the manifest."""
    if any(task.id == task_id for task in expert.load()):
        return "expert"
    return next((name for name, ids in suite.read_manifest()["splits"].items() if task_id in ids), None)


def load_split(environment: Environment, split: str) -> list[Task]:
    return expert.load() if split == "expert" else suite.load(environment, split)


def family_infos() -> list[FamilyInfo]:
    return [FamilyInfo(f.name, f.title, f.category, f.unseen) for f in families().values()]


def twin(environment: Environment, task: Task, trap: str) -> Task:
    """The same task with one of its traps off, in the world without it, its reference made by its plan."""
    family = family_named(task.family)
    if family is not None:
        return _deriver(environment).twin(task, family, trap)
    return _settled(environment, expert.load_without(task, trap, TRAPS))


def _settled(environment: Environment, twin: Task) -> Task:
    """A hand-written twin with its reference solved, without near misses and evidence that its world does not have."""
    with environment.fork_for(twin) as fork:
        reference = solve(twin, fork)
        criteria = tuple(
            c.model_copy(update={"evidence": tuple(e for e in c.evidence if _exists(fork, e))}) for c in twin.criteria
        )
    misses = tuple(miss for miss in twin.near_misses if _applies(miss, reference))
    return twin.model_copy(update={"reference": reference, "criteria": criteria, "near_misses": misses})


def _exists(fork: Fork, evidence: str) -> bool:
    table, _, rest = evidence.partition("/")
    return fork.get(table, rest if table == "order_lines" else rest.partition(".")[0]) is not None


def _applies(miss: NearMiss, reference: Reference) -> bool:
    try:
        miss.outcome(reference)
    except ValueError:
        return False
    return True


def _deriver(environment: Environment) -> Deriver:
    return environment.memory.setdefault("deriver", Deriver(environment))


def derive(environment: Environment, family: str, ref: WorldRef, count: int, difficulty: range) -> list[Task]:
    return _deriver(environment).draw(families()[family], ref, count, difficulty)


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
    splits=("expert", "train", "heldout", "unseen"),
    generate=generate,
    load_split=load_split,
    split_of=split_of,
    families=family_infos,
    derive=derive,
    lint=lint,
    pinned=lambda: suite.read_manifest()["splits"],
    pin=suite.write_manifest,
    task_template=(FOLDER / "expert" / "template.txt").read_text(encoding="utf-8"),
    audit=audit,
    twin=twin,
    solve=solve,
)
