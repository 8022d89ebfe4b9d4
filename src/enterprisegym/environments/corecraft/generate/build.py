"""The generator: a whole world from a seed, a scale and a set of traps."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache

from enterprisegym.environments.corecraft.generate.catalog import add_catalog
from enterprisegym.environments.corecraft.generate.content import content
from enterprisegym.environments.corecraft.generate.customers import add_customers
from enterprisegym.environments.corecraft.generate.draft import Draft, stream
from enterprisegym.environments.corecraft.generate.orders import OrderBook
from enterprisegym.environments.corecraft.generate.tickets import TicketDesk
from enterprisegym.environments.corecraft.generate.times import NOW, TODAY, at
from enterprisegym.environments.corecraft.generate.traps import Instance, add_traps, plan_traps
from enterprisegym.world.image import Generated

BROWSERS_SHARE = 0.12
KEPT_SCALE = 4
"""Up to this scale the base world is kept for the next set of traps; larger ones cost too much memory."""


def base_world(seed: int, scale: int) -> Draft:
    """The world without traps."""
    material = content()
    draft = Draft(seed, scale)
    add_catalog(draft, material)
    add_customers(draft, material)
    book = OrderBook(draft, material)
    desk = TicketDesk(draft, material, book)
    for customer in draft.all("customers"):
        book.add_customer_orders(customer, desk.after_order)
        rng = stream(seed, "builds", customer["id"])
        if rng.random() < BROWSERS_SHARE:
            day = (
                TODAY.replace(day=1)
                if rng.random() < 0.2
                else TODAY.replace(month=rng.randint(1, 10), day=rng.randint(1, 28))
            )
            book.add_build(rng, customer, rng.choice(material.build_patterns), min(NOW, at(day, rng.randint(9, 20))))
    desk.add_account_tickets()
    return draft


@lru_cache(maxsize=1)
def _planned(seed: int, scale: int) -> tuple[Draft, Mapping[str, Sequence[Instance]]]:
    draft = base_world(seed, scale)
    return draft, plan_traps(draft, content())


def generate(seed: int, scale: int, traps: Collection[str]) -> Generated:
    """Rows of the world with the named traps, and where each trap sits. The base of the last small world is kept."""
    base, plans = _planned(seed, scale) if scale <= KEPT_SCALE else _planned.__wrapped__(seed, scale)
    draft = base.copy()
    add_traps(draft, plans, traps)
    return Generated(rows=dict(draft.tables()), annotations={"traps": draft.marks})
