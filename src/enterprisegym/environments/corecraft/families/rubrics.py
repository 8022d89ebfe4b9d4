"""Short ways to write the criteria and near misses of a family."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from enterprisegym.tasks import Call, CallEdit, CheckSpec, Criterion, CriterionKind, NearMiss

Check = Mapping[str, Any]


def criterion(
    id: str, kind: CriterionKind, assertion: str, check: Check | None, evidence: Iterable[str] = ()
) -> Criterion:
    """A criterion; `check` None leaves it to a judge."""
    spec = None if check is None else CheckSpec.model_validate(check)
    return Criterion(id=id, kind=kind, assertion=assertion, check=spec, evidence=tuple(evidence))


def dollars(amount_cents: int) -> str:
    """Cents as checks take them: `1519.96`."""
    return f"{amount_cents // 100}.{amount_cents % 100:02d}"


def amount(value_cents: int, rivals_cents: Iterable[int] = (), near: Sequence[str] = ()) -> Check:
    """The response asserts an amount and none of its rivals; a rival equal to the value is left out."""
    rivals = [dollars(r) for r in dict.fromkeys(rivals_cents) if r != value_cents and r > 0]
    return {
        "check": "amount",
        "value": dollars(value_cents),
        "rivals": rivals,
        **({"near": list(near)} if near else {}),
    }


def day(value: date, rivals: Iterable[date | None] = (), near: Sequence[str] = ()) -> Check:
    """The response asserts a day and none of its rivals; rivals that are None or the day itself are left out."""
    others = [r.isoformat() for r in dict.fromkeys(rivals) if r is not None and r != value]
    return {"check": "date", "value": value.isoformat(), "rivals": others, **({"near": list(near)} if near else {})}


def number(value: int, unit: Sequence[str] = (), rivals: Iterable[int] = ()) -> Check:
    """The response asserts a count and none of its rivals."""
    others = [r for r in dict.fromkeys(rivals) if r != value]
    return {"check": "number", "value": value, "unit": list(unit), "rivals": others}


def says(*groups: Sequence[str], near: Sequence[str] = ()) -> Check:
    """The response asserts one phrase of each group."""
    return {"check": "says", "all_of": [list(g) for g in groups], **({"near": list(near)} if near else {})}


def choice(value: str, options: Mapping[str, Sequence[str]]) -> Check:
    """The response asserts exactly the right option."""
    return {"check": "choice", "value": value, "options": {k: list(v) for k, v in options.items()}}


def both(*checks: Check) -> Check:
    """All of several checks hold."""
    return {"check": "all_of", "checks": [dict(c) for c in checks]}


def either(*checks: Check) -> Check:
    """At least one of several checks holds."""
    return {"check": "any_of", "checks": [dict(c) for c in checks]}


def thing(id: str, *aliases: str) -> dict[str, Any]:
    """A member of a set, of a sequence, or a rival of an entity."""
    return {"id": id, "aliases": list(aliases)}


def near_miss(
    id: str,
    why: str,
    fails: str | Sequence[str],
    *,
    replace: Sequence[tuple[str, str]] = (),
    response: str | None = None,
    set: Sequence[tuple[str, int, Mapping[str, Any]]] = (),
    drop: Sequence[tuple[str, int]] = (),
    add: Sequence[Call] = (),
    calls: Sequence[Call] | None = None,
) -> NearMiss:
    """A wrong outcome. `set`: (tool, nth call from 1, new arguments); `drop`: (tool, nth); `add`: calls at the end."""
    edits = [CallEdit(tool=tool, nth=nth, set=dict(values)) for tool, nth, values in set]
    edits += [CallEdit(tool=tool, nth=nth, drop=True) for tool, nth in drop]
    return NearMiss(
        id=id,
        why=why,
        fails=(fails,) if isinstance(fails, str) else tuple(fails),
        replace=tuple(replace),
        response=response,
        change_calls=tuple(edits),
        add_calls=tuple(add),
        calls=None if calls is None else tuple(calls),
    )


def call(name: str, **arguments: Any) -> Call:
    """A call for `add` and `calls`."""
    return Call(name=name, arguments=arguments)
