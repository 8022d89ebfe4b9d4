"""The plan of `white-lodge-restock`."""

from __future__ import annotations

from enterprisegym.environments.corecraft.agents import (
    Plan,
    Worker,
    cents,
    spoken,
    usd,
)


def solve(a: Worker) -> Plan:
    cases = yield from a.brand("Pine Hollow", category="case")
    white = a.pick(cases, where=lambda p: "lodge" in p["name"].lower() and "white" in p["name"].lower())
    black = a.pick(cases, where=lambda p: "lodge" in p["name"].lower() and "black" in p["name"].lower())
    yield from a.policy("cancellation", "backorder", title="Backorders")
    due = [level for level in white["inventory"] if level["restock_on"]]
    day = min(level["restock_on"] for level in due)
    coming = sum(level["restock_quantity"] for level in due)
    where = {"cmh": "Columbus", "rno": "Reno"}
    split = " and ".join(f"{level['restock_quantity']} for {where[level['location']]}" for level in due)
    price, other = cents(white["price"]), cents(black["price"])
    return (
        f"Hey Tobias, the white Lodge is sold out at the moment. The next delivery is due on {spoken(day)}: "
        f"{coming} of "
        f"them altogether ({split}).\n\n"
        "No need to wait with ordering, it can be backordered today and ships once it is in. As long as no label "
        "exists you can still cancel at no cost.\n\n"
        f"The black one is here right now, {a.stock(black)} in stock. And yes: {usd(other)} against {usd(price)} "
        "for the "
        f"white one, so {usd(price - other)} less."
    )
