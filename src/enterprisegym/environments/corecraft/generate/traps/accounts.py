"""Traps about who is who."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date, timedelta

from enterprisegym.environments.corecraft.generate.customers import address_for, email_for, phone_for, plain
from enterprisegym.environments.corecraft.generate.times import TODAY, shop_time
from enterprisegym.environments.corecraft.generate.traps.ground import Ground, Insert, Instance, Update
from enterprisegym.environments.corecraft.generate.traps.purchases import PARTS, SMALL, purchase, sold
from enterprisegym.environments.corecraft.policies import rules
from enterprisegym.world import Row

NAMESAKES, DUPLICATES, FORMATS = 10, 8, 20


def namesake(ground: Ground, rng: random.Random) -> list[Instance]:
    """A second, older customer of the same full name, who lists first; switched off, a relative's name."""
    instances: list[Instance] = []
    buyers = [c for c in ground.customers if c["account_type"] == "consumer" and ground.orders_of(c["id"])]
    for customer in ground.shuffled(rng, buyers, first=lambda c: bool(ground.tickets_of(c["id"]))):
        if len(instances) == NAMESAKES * ground.scale:
            break
        other = _other_name(ground, rng, customer["name"])
        if other is None or not ground.claim("customers", customer["id"]):
            continue
        ground.names.add(other)
        double = _double(ground, rng, customer, other)
        days = [TODAY - timedelta(days=rng.randint(40, 300)) for _ in range(rng.choice((1, 2)))]
        orders = [
            purchase(ground, rng, double, _items(ground, rng, day), shop_time(rng, day), "standard") for day in days
        ]
        instances.append(
            Instance(
                "customers",
                customer["id"],
                f"{double['id']} of {double['addresses'][0]['city']} has the same name",
                on=(Update("customers", double["id"], {"name": customer["name"]}),),
                off=(Insert("customers", double), *(insert for order in orders for insert in order.inserts)),
                facts={
                    "name": customer["name"],
                    "email": customer["email"],
                    "namesake": double["id"],
                    "namesake_email": double["email"],
                    "namesake_orders": [order.order["id"] for order in orders],
                },
            )
        )
    return instances


def _other_name(ground: Ground, rng: random.Random, name: str) -> str | None:
    """Another first name of the same initial with the same last name, borne by nobody yet."""
    first, _, last = name.partition(" ")
    choices = [
        f"{other} {last}"
        for other in ground.content.people["first_names"]
        if other[0] == first[0] and other != first and f"{other} {last}" not in ground.names
    ]
    return rng.choice(choices) if choices else None


def _double(ground: Ground, rng: random.Random, customer: Row, name: str) -> Row:
    """An account whose e-mail address fits both names: initial and last name."""
    mine = customer["addresses"][0]
    city = rng.choice([c for c in ground.content.people["cities"] if c["city"] != mine["city"]])
    first, _, last = customer["name"].partition(" ")
    domain = rng.choice(ground.content.people["mail_domains"])
    email = f"{plain(first)[0]}{plain(last)}{rng.randint(50, 99)}@{domain}"
    while email in ground.emails:
        email = f"{plain(first)[0]}{plain(last)}{rng.randint(100, 999)}@{domain}"
    ground.emails.add(email)
    return {
        "id": ground.new_customer_id(),
        "name": name,
        "email": email,
        "phone": phone_for(rng, city),
        "date_of_birth": (date(1960, 1, 1) + timedelta(days=rng.randint(0, 15_000))).isoformat(),
        "account_type": "consumer",
        "company": None,
        "loyalty_tier": "standard",
        "addresses": [address_for(rng, ground.content, city, "home")],
        "marketing_opt_in": 0,
        "note": None,
        "created_at": shop_time(rng, TODAY - timedelta(days=rng.randint(1705, 1990))),
    }


def _items(ground: Ground, rng: random.Random, day: date) -> list[tuple[Row, int]]:
    return [(rng.choice(sold(ground, day, (*SMALL, *PARTS), 2500, 24000)), 1)]


def duplicate_account(ground: Ground, rng: random.Random) -> list[Instance]:
    """One person with an old and a new account, orders on both; switched off, the old account is empty."""
    instances: list[Instance] = []
    for customer in ground.shuffled(rng, ground.customers):
        if len(instances) == DUPLICATES * ground.scale:
            break
        history = ground.orders_of(customer["id"])
        if customer["phone"] is None or customer["date_of_birth"] is None or len(history) < 2:
            continue
        movable = [o for o in history[:-1] if _moves_alone(ground, o)]
        if not movable or any("%" in (o["discount_label"] or "") for o in history):
            continue
        moved = movable[: max(1, len(history) // 2)]
        left = [o for o in history if o not in moved]
        plain_tiers = all(ground.same_tiers(part, []) for part in (history, left, moved))
        if not plain_tiers or customer["loyalty_tier"] != "standard" or not ground.claim("customers", customer["id"]):
            continue
        old = _old_account(ground, rng, customer)
        payments = [p for o in moved for p in ground.of_order("payments", o["id"])]
        instances.append(
            Instance(
                "customers",
                customer["id"],
                f"{old['id']} is the same person's older account, with {len(moved)} of {len(history)} orders",
                on=(
                    *(Update("orders", o["id"], {"customer_id": old["id"]}) for o in moved),
                    *(Update("payments", p["id"], {"customer_id": old["id"]}) for p in payments),
                ),
                off=(Insert("customers", old),),
                facts={
                    "name": customer["name"],
                    "email": customer["email"],
                    "old_account": old["id"],
                    "old_email": old["email"],
                    "orders": [o["id"] for o in history],
                    "moved": [o["id"] for o in moved],
                },
            )
        )
    return instances


def _moves_alone(ground: Ground, order: Row) -> bool:
    return order["build_id"] is None and not any(
        ground.of_order(t, order["id"]) for t in ("tickets", "returns", "refunds")
    )


def _old_account(ground: Ground, rng: random.Random, customer: Row) -> Row:
    opened = rules.company_day(customer["created_at"]) - timedelta(days=rng.randint(60, 500))
    return {
        **customer,
        "id": ground.new_customer_id(),
        "email": email_for(rng, ground.content, customer["name"], ground.emails),
        "addresses": [dict(customer["addresses"][0])],
        "note": None,
        "created_at": shop_time(rng, opened),
    }


def contact_format(ground: Ground, rng: random.Random) -> list[Instance]:
    """Phone numbers and addresses stored otherwise than people write them; switched off, as they write them."""
    instances: list[Instance] = []
    phones = Counter(c["phone"] for c in ground.customers)
    for customer in ground.shuffled(rng, ground.customers, first=lambda c: bool(ground.tickets_of(c["id"]))):
        if len(instances) == FORMATS * ground.scale:
            break
        phone: str | None = customer["phone"]
        if phone is None or phone.count("-") != 2 or phones[phone] > 1 or not ground.claim("customers", customer["id"]):
            continue
        area, office, number = phone.split("-")
        kind = ("phone", "email", "both")[len(instances) % 3]
        stored: Row = {}
        if kind != "email":
            stored["phone"] = rng.choice((f"({area}) {office}-{number}", f"{area}.{office}.{number}"))
        if kind != "phone":
            stored["email"] = capitals(customer["email"])
        written = {name: customer[name] for name in stored}
        instances.append(
            Instance(
                "customers",
                customer["id"],
                " and ".join(f"{written[name]} is stored as {value}" for name, value in stored.items()),
                on=(Update("customers", customer["id"], stored),),
                facts={"name": customer["name"], "written": written, "stored": stored},
            )
        )
    return instances


def capitals(email: str) -> str:
    """Maya.Ortiz@example.com"""
    local, _, domain = email.partition("@")
    return f"{'.'.join(part.capitalize() for part in local.split('.'))}@{domain}"
