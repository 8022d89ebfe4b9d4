"""`egym world ...` and `egym tools`: look at worlds, at what sits in them, and at the tools."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Annotated, Any

import typer

from enterprisegym.cli.output import EnvironmentName, JsonFlag, console, print_json, print_table
from enterprisegym.environment import Environment, make
from enterprisegym.errors import UserError, did_you_mean
from enterprisegym.world import WorldImage
from enterprisegym.world.fork import ImageFile

app = typer.Typer(no_args_is_help=True, help="Build worlds and look into them.")

Seed = Annotated[int, typer.Option(help="Seed of the world.")]
Scale = Annotated[int, typer.Option(help="1 to 100: how many customers, orders, tickets, shipments and builds.")]
Traps = Annotated[str, typer.Option(help="all, none, or names separated by commas.")]


def counts(environment: Environment, image: WorldImage) -> dict[str, int]:
    """How many entities of each type a world holds."""
    with image.fork() as fork:
        return {
            name: fork.rows(f"SELECT count(*) AS n FROM {table}")[0]["n"]
            for name, table in environment.spec.entity_types.items()
        }


@app.command()
def build(environment: EnvironmentName = "corecraft", seed: Seed = 1, scale: Scale = 1, traps: Traps = "all") -> None:
    """Build a world into the cache and say where it is."""
    image = make(environment).world(seed, scale, traps)
    console.print(f"{image.path}\nhash {image.hash}", soft_wrap=True, markup=False)


@app.command()
def stats(
    environment: EnvironmentName = "corecraft",
    seed: Seed = 1,
    scale: Scale = 1,
    traps: Traps = "all",
    json: JsonFlag = False,
) -> None:
    """Count the entities of a world by type."""
    env = make(environment)
    image = env.world(seed, scale, traps)
    found = counts(env, image)
    data: dict[str, Any] = {
        "seed": seed,
        "scale": scale,
        "traps": list(image.key.traps),
        "hash": image.hash,
        "types": found,
        "total": sum(found.values()),
    }
    if json:
        print_json(data)
        return
    print_table(("type", "entities"), [*found.items(), ("total", data["total"])])
    console.print(f"seed {seed}, scale {scale}, hash {image.hash}")


@app.command()
def show(
    entity: Annotated[str, typer.Argument(help="An id, such as ord-251103-014, or table/id.")],
    environment: EnvironmentName = "corecraft",
    seed: Seed = 1,
    scale: Scale = 1,
    traps: Traps = "all",
) -> None:
    """Show one row and the rows that refer to it."""
    env = make(environment)
    table, _, id = entity.partition("/")
    if table not in env.schema.tables:  # ids of lines hold a slash as well
        table, id = "", entity
    with env.world(seed, scale, traps).fork() as fork:
        found = [(t, fork.get(t, id)) for t in ([table] if table else sorted(env.schema.tables))]
        hits = [(t, row) for t, row in found if row is not None]
        if not hits:
            raise UserError(
                f"no row has the id {id!r} in seed {seed}, scale {scale}; look for it with `egym world sql`"
            )
        for t, row in hits:
            referring = {
                f"{other.name}.{column.name}": [
                    r["id"]
                    for r in fork.rows(
                        f"SELECT id FROM {other.name} WHERE {column.name} = ? ORDER BY id LIMIT 20", (id,)
                    )
                ]
                for other in env.schema.tables.values()
                for column in other.columns.values()
                if column.references == (t, "id")
            }
            print_json({"table": t, "row": row, "referred_to_by": {k: v for k, v in referring.items() if v}})


@app.command()
def sql(
    query: Annotated[str, typer.Argument(help="A SELECT over the tables of the environment's schema.")],
    environment: EnvironmentName = "corecraft",
    seed: Seed = 1,
    scale: Scale = 1,
    traps: Traps = "all",
    json: JsonFlag = False,
) -> None:
    """Ask a world in SQL (for authors; agents never can)."""
    image = make(environment).world(seed, scale, traps)
    connection = ImageFile(image.path).connect()
    try:
        connection.execute("PRAGMA query_only = ON")
        connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
        cursor = connection.execute(query)
        columns = [column[0] for column in cursor.description or ()]
        rows: Sequence[Sequence[Any]] = cursor.fetchall()
    except sqlite3.Error as error:
        raise UserError(f"SQLite does not take the query: {error}") from error
    finally:
        connection.close()
    if json:
        print_json([{c: _readable(v) for c, v in zip(columns, row, strict=True)} for row in rows])
        return
    print_table(columns, rows)


def _readable(value: Any) -> Any:
    """A SQLite value as JSON can hold it: bytes as hexadecimal digits."""
    return value.hex() if isinstance(value, bytes) else value


@app.command()
def traps(
    environment: EnvironmentName = "corecraft",
    name: Annotated[str | None, typer.Argument(help="Show the rows that carry this trap.")] = None,
    seed: Seed = 1,
    scale: Scale = 1,
    json: JsonFlag = False,
) -> None:
    """List the traps of an environment, or where one sits in a world."""
    env = make(environment)
    marks: dict[str, list[dict[str, Any]]] = env.world(seed, scale, "all").annotations().get("traps", {})
    if name is not None:
        if name not in env.spec.traps:
            raise UserError(f"there is no trap {name!r}; {did_you_mean(name, env.spec.traps)}")
        print_json(marks.get(name, []))
        return
    data = [
        {
            "name": t.name,
            "title": t.title,
            "level": t.level,
            "probe": t.probe,
            "instances": len(marks.get(t.name, ())),
            "story": t.story,
        }
        for t in env.spec.traps.values()
    ]
    if json:
        print_json(data)
        return
    print_table(
        ("trap", "level", "probe", "in this world", "what it is"),
        [(d["name"], d["level"], d["probe"], d["instances"], d["title"]) for d in data],
    )


def tools(environment: EnvironmentName = "corecraft", json: JsonFlag = False) -> None:
    """List the tools that an agent is given."""
    toolbox = make(environment).toolbox
    if json:
        print_json(
            [
                {"name": t.name, "kind": t.kind, "description": t.description, "parameters": t.parameters}
                for t in toolbox
            ]
        )
        return
    print_table(("tool", "kind", "what it does"), [(t.name, t.kind, t.description) for t in toolbox])
