"""People, schools and businesses with an account."""

from __future__ import annotations

import random
import unicodedata
from datetime import date, timedelta

from enterprisegym.environments.corecraft.generate.content import Content, Entry
from enterprisegym.environments.corecraft.generate.draft import Draft, stream
from enterprisegym.environments.corecraft.generate.times import TODAY, shop_time
from enterprisegym.world import Row

CUSTOMERS = 420
FIRST_ID = 10001


def add_customers(draft: Draft, content: Content) -> None:
    """420 accounts per unit of scale; no two people of one name among the first 420 (a trap makes namesakes)."""
    names: set[str] = set()
    emails: set[str] = set()
    for index in range(CUSTOMERS * draft.scale):
        rng = stream(draft.seed, "customer", index)
        name = _name(rng, content)
        while name in names and index < CUSTOMERS:
            name = _name(rng, content)
        names.add(name)
        draft.add("customers", _customer(rng, content, FIRST_ID + index, name, emails))


def _name(rng: random.Random, content: Content) -> str:
    return f"{rng.choice(content.people['first_names'])} {rng.choice(content.people['last_names'])}"


def plain(text: str) -> str:
    """Letters and digits only, lower case, accents dropped."""
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return "".join(c for c in ascii_text.lower() if c.isalnum())


def email_for(rng: random.Random, content: Content, name: str, taken: set[str]) -> str:
    """An address a person of that name would have, not taken yet."""
    first, last = plain(name.split()[0]), plain(" ".join(name.split()[1:]))
    domain = rng.choice(content.people["mail_domains"])
    patterns = [f"{first}.{last}", f"{first}{last}", f"{first[0]}{last}", f"{last}.{first}", f"{first}_{last[:1]}"]
    local = rng.choice(patterns)
    while f"{local}@{domain}" in taken:
        local = f"{rng.choice(patterns)}{rng.randint(2, 99)}"
    taken.add(f"{local}@{domain}")
    return f"{local}@{domain}"


def phone_for(rng: random.Random, city: Entry) -> str:
    return f"{rng.choice(city['area_codes'])}-555-{rng.randint(100, 9999):04d}"


def address_for(rng: random.Random, content: Content, city: Entry, label: str) -> Row:
    if city["country"] == "US":
        postal = f"{city['postal_prefix']}{rng.randint(1, 99):02d}"
    else:
        postal = f"{city['postal_prefix']} {rng.randint(1, 9)}{rng.choice('ABCEGHJKLMNPRSTVXY')}{rng.randint(1, 9)}"
    unit = rng.random()
    return {
        "label": label,
        "line1": f"{rng.randint(3, 9899)} {rng.choice(content.people['streets'])}",
        "line2": f"Apt {rng.randint(1, 40)}"
        if unit < 0.18
        else f"Unit {rng.choice('ABCDEF')}"
        if unit < 0.24
        else None,
        "city": city["city"],
        "region": city["region"],
        "postal_code": postal,
        "country": city["country"],
    }


def _customer(rng: random.Random, content: Content, number: int, name: str, emails: set[str]) -> Row:
    city = rng.choice(content.people["cities"])
    kind = rng.random()
    company = None
    account_type = "consumer"
    if kind < 0.09:
        entry = rng.choice(content.people["companies"])
        company, account_type = entry["name"], entry["kind"]
    addresses = [address_for(rng, content, city, "work" if company else "home")]
    if rng.random() < 0.2:
        addresses.append(
            address_for(rng, content, rng.choice(content.people["cities"]), rng.choice(("billing", "other")))
        )
    opened = TODAY - timedelta(days=rng.randint(540, 1700))
    return {
        "id": f"cust-{number}",
        "name": name,
        "email": email_for(rng, content, name, emails),
        "phone": phone_for(rng, city) if rng.random() < 0.92 else None,
        "date_of_birth": _birthday(rng) if account_type == "consumer" and rng.random() < 0.7 else None,
        "account_type": account_type,
        "company": company,
        "loyalty_tier": "standard",
        "addresses": addresses,
        "marketing_opt_in": int(rng.random() < 0.4),
        "note": rng.choice(content.people["customer_notes"]) if rng.random() < 0.06 else None,
        "created_at": shop_time(rng, opened),
    }


def _birthday(rng: random.Random) -> str:
    return (date(1955, 1, 1) + timedelta(days=rng.randint(0, 18_900))).isoformat()
