"""An account in writing: every order since a day with money and parcel, open tickets, tier and what is missing to more."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from enterprisegym.environments.corecraft.agents import NotFoundError, Plan, Worker, cents, spoken, usd
from enterprisegym.environments.corecraft.agents.steps import as_table, identified, order_details, wrap_up
from enterprisegym.environments.corecraft.families.family import Family, Given, Rubric, Situation, Wording, said
from enterprisegym.environments.corecraft.families.records import Records, shuffled
from enterprisegym.environments.corecraft.families.rubrics import (
    Check,
    Staged,
    all_hold,
    amount,
    both,
    call,
    criterion,
    day,
    incoming_ticket,
    near_miss,
    newest_scan,
    number,
    planted_ticket,
    presented,
    says,
    single_accounts,
    stable,
    thing,
    ticket_work,
    waiting_order,
    wrapped_up,
)
from enterprisegym.environments.corecraft.policies import rules
from enterprisegym.rollout.record import Json
from enterprisegym.tasks import Edit
from enterprisegym.world import Row

COUNT = 90
COLUMNS = ("Order", "Placed", "Captured", "Refunded", "Parcel")
OF_PEOPLE = ("contact_format", "namesake")
GOODS = ("customer_remorse", "defective", "incompatible", "damaged_in_transit", "wrong_item", "price_adjustment")
YEAR = date(2024, 11, 15)
TAKEN = ("captur", "taken", "took", "charg", "paid", "collect", "receiv", "total", "altogether", "overall", "sum")
BODY = (
    "Please send me an overview of what I have ordered from you since {since}: what you took, what came back, and where the "
    "parcels are. I need it for my papers. {name}"
)
NEXT = {"standard": "silver", "silver": "gold", "gold": "platinum"}
NOTHING_BACK = ["nothing was refunded", "no refund", "nothing has been refunded", "nothing came back", "$0.00", "none refunded",
                "nothing refunded", "no money came back", "no money was refunded", "nothing back", "none was refunded",
                "not refunded", "0.00"]  # fmt: skip


def find(world: Records, rng: random.Random) -> Iterator[Situation]:
    mine = {c["id"]: c for c in single_accounts(world)}
    mine |= {m["id"]: world.customer(m["id"]) for m in world.marks("namesake")}
    of_traps = {m.get("customer_id") or m["id"] for t in ("page_cut", "failed_attempts", "header_lag", *OF_PEOPLE)
                for m in world.marks(t)}  # fmt: skip
    few = sorted(mine.values(), key=lambda c: (c["id"] not in of_traps, -len(world.orders_of(c["id"])), c["id"]))
    fill = shuffled(rng, [p for p in world.all("products") if p["status"] == "active" and p["price_cents"] < 30000])
    found = 0
    few = [c for c in few if c["id"] in of_traps or len(world.orders_of(c["id"])) > 1]
    for turn, customer in enumerate(few):
        if found < COUNT and (s := _situation(world, rng, turn, customer, fill)):
            found += 1
            yield s


def _situation(world: Records, rng: random.Random, turn: int, customer: Row, fill: Sequence[Row]) -> Situation | None:
    if customer["loyalty_tier"] not in NEXT or not 1 <= len(world.orders_of(customer["id"])) <= 17:
        return None
    setup: list[Edit] = []
    least = 5 + turn % 2
    for n in range(max(0, least - len(world.orders_of(customer["id"])))):
        items = [(fill[(5 * turn + n) % len(fill)], 1 + (turn + n) % 2)]
        status = ("paid", "backorder", "on_hold", "pending")[(turn + n) % 4]
        month, on = (10, 20 + (turn + 4 * n) % 9) if status == "backorder" else (11, 5 + (turn + 4 * n) % 9)
        setup += waiting_order(world, customer, items, 900 + (turn * 7 + 31 * n) % 95, on, status, month)
    orders = Staged(world, setup).orders_of(customer["id"])
    if len(orders) < least or not _clean(Staged(world, setup), orders):
        return None
    recent = [o for o in orders if world.placed_on(o) >= YEAR]
    part = least <= len(recent) < len(orders) and turn % 3 and not world.mark("page_cut", customer["id"])
    chosen = recent if part else orders
    first = world.placed_on(chosen[-1])
    earlier = [world.placed_on(o) for o in orders if o not in chosen]
    since = first.replace(day=1) if not earlier or max(earlier) < first.replace(day=1) else first - timedelta(days=1)
    if since > YEAR and earlier and max(earlier) >= YEAR:
        return None
    if earlier and max(earlier) >= since:
        return None
    told: dict[str, Any] = presented(world, customer, rng)
    told["since"] = said(f"{since:%B} {since.day}, {since.year}", since.isoformat())
    waiting = [t for t in world.tickets_of(customer["id"]) if t["status"] not in ("resolved", "closed")]
    settle = turn % 2 == 0 and len(chosen) < 13
    if settle:
        setup.append(incoming_ticket(
            900 + stable(customer["id"], "dossier", below=100), customer["id"], "overview of my orders",
            BODY.format(since=told["since"]["said"], name=customer["name"]), "account",
        ))  # fmt: skip
        told["asked"] = said("overview", "overview of my orders")
    spend, gap = _standing(Staged(world, setup), customer)
    if gap <= 0 or spend <= 0 or _priced(Staged(world, setup), customer, chosen) is None:
        return None
    traps = list(world.traps_on(customer["id"], among=OF_PEOPLE))
    for order in chosen:
        traps += world.traps_on(order["id"], among=("failed_attempts", "header_lag"))
    traps += ["page_cut"] if len(chosen) > 10 else []
    traps += ["superseded_policy"] if world.former_policy("pol-loyalty-programme") and turn % 3 == 0 else []
    kinds = tuple(dict.fromkeys(traps))
    return Situation(
        key={"customer": customer["id"], "since": since.isoformat()},
        given=told,
        traps=kinds,
        difficulty=min(2 + (len(chosen) > 5) + bool(kinds) + (len(waiting) > 0), 5),
        setup=tuple(setup),
    )


def _clean(world: Records, orders: Sequence[Row]) -> bool:
    """Whether each order has at most one parcel, one capture of its sum, and refunds of goods only."""
    for order in orders:
        taken = [p for p in world.payments(order["id"]) if p["status"] in rules.CAPTURED]
        whole = [p for p in taken if p["amount_cents"] == order["total_cents"]]
        if len(world.shipments(order["id"])) > 1 or len(taken) > 1 or len(whole) != len(taken):
            return False
        refunds = world.refunds(order["id"])
        if any(r["status"] not in rules.GRANTED_REFUND or r["reason"] not in GOODS for r in refunds):
            return False
        if (refunds and order["shipping_cents"]) or abs((world.placed_on(order) - YEAR).days) < 3:
            return False
    return True


def _taken(world: Records, order: Row) -> int:
    return sum(p["amount_cents"] for p in world.payments(order["id"]) if p["status"] in rules.CAPTURED)


def _back(world: Records, order: Row) -> int:
    return sum(r["amount_cents"] for r in world.refunds(order["id"]) if r["status"] in rules.GRANTED_REFUND)


def _standing(world: Records, customer: Row) -> tuple[int, int]:
    """What counts towards the tier over the last twelve months, and what is missing to the next tier."""
    spend = 0
    for order in world.orders_of(customer["id"]):
        taken = _taken(world, order)
        if taken and order["status"] != "cancelled" and world.placed_on(order) >= YEAR:
            spend += taken - order["shipping_cents"] - _back(world, order)
    return spend, world.get("loyalty_tiers", NEXT[customer["loyalty_tier"]])["min_spend_cents"] - spend


def rubric(world: Records, s: Situation) -> Rubric:
    staged = Staged(world, s.setup)
    customer, since = staged.customer(s.key["customer"]), date.fromisoformat(s.key["since"])
    orders = staged.orders_of(customer["id"])
    chosen = [o for o in orders if staged.placed_on(o) >= since]
    taken = {o["id"]: _taken(staged, o) for o in chosen}
    total, back = sum(taken.values()), sum(_back(staged, o) for o in chosen)
    spend, gap = _standing(staged, customer)
    asked = planted_ticket(s.setup)["id"] if "asked" in s.given else None
    tickets = staged.tickets_of(customer["id"])
    waiting = [t for t in tickets if t["status"] not in ("resolved", "closed") and t["id"] != asked]
    payments = [p for o in chosen for p in staged.payments(o["id"])]
    tried = sum(p["amount_cents"] for p in payments)
    parcels = [p for o in chosen for p in staged.shipments(o["id"])]
    scans: list[Check] = []
    for on, place, came in (newest_scan(p) for p in parcels):
        scans.append(day(on) if came else says([place.split(",")[0]]))
    rows = {o["id"]: staged.shipments(o["id"]) for o in chosen}
    partner: Check = {"check": "structure", "min_words": 12, "must_include": [chosen[0]["id"]]}
    tier: str = customer["loyalty_tier"]
    alone = _priced(staged, customer, chosen)
    kept: Check = {"check": "unchanged", "with": partner}
    if asked:
        outcomes = ("information_provided", "no_action")
        kept = {"check": "state", "required": wrapped_up(asked, *outcomes), "allowed": [ticket_work(asked)]}
    criteria = [
        criterion(
            "records", "correctness",
            f"Ticket {asked} is resolved with a resolution record and nothing else is changed."
            if asked else "The overview is written and no record is changed.",
            kept, [f"tickets/{asked}", "company_policies/pol-tickets-status"] if asked else [f"customers/{customer['id']}"],
        ),
        criterion(
            "orders", "correctness",
            f"The response lists the {len(chosen)} orders since {spoken(since)} and no earlier one.",
            {"check": "entities", "members": [thing(o["id"]) for o in chosen], "universe": [thing(o["id"]) for o in orders],
             "denied_by": []},
            [f"orders/{o['id']}" for o in chosen],
        ),
        criterion(
            "captured", "correctness",
            "The response gives what was captured for each order: "
            + ", ".join(f"{id} {usd(sum_)}" for id, sum_ in taken.items()) + ".",
            all_hold([amount(v) for v in dict.fromkeys(taken.values()) if v]), [f"payments/{p['id']}" for p in payments],
        ),
        criterion(
            "totals", "correctness", f"The response says that {usd(total)} was captured in all and {usd(back)} came back.",
            both(amount(total, [v for v in (tried,) if v not in (*taken.values(), back, spend)], TAKEN),
                 amount(back, near=["refund", "back", "return"]) if back else says(NOTHING_BACK)),
            [f"payments/{p['id']}" for p in payments],
        ),
        criterion(
            "standing", "correctness", f"The response names the tier {tier} and {usd(gap)} as what is missing to {NEXT[tier]}.",
            both(says([tier], [NEXT[tier]]), amount(gap)), ["company_policies/pol-loyalty-programme", f"customers/{customer['id']}"],
        ),
        criterion(
            "tickets", "completeness",
            f"The response says that {len(waiting)} {'other ' if asked else ''}{'ticket is' if len(waiting) == 1 else 'tickets are'} open"
            + (f": {', '.join(t['id'] for t in waiting)}." if waiting else "."),
            number(len(waiting), ["ticket"]) if not waiting else both(
                {"check": "structure", "min_words": 12, "must_include": [t["id"] for t in waiting]},
                number(len(waiting), ["ticket"])),
            [f"tickets/{t['id']}" for t in waiting],
        ),
        criterion(
            "table", "format", f"The orders stand in a table with the columns {', '.join(COLUMNS)}.",
            both({"check": "structure", "table_columns": list(COLUMNS)}, partner), [f"orders/{o['id']}" for o in chosen],
        ),
    ]  # fmt: skip
    misses = [
        near_miss("one-order-short", "Leaves an order out.", "orders", replace=[(f"| {chosen[-1]['id']} |", "| one more |")]),
        near_miss("sum-off", "Adds up wrongly.", "totals", replace=[(f"{usd(total)} was captured", f"{usd(total + 900)} was captured")]),
        near_miss("tier-gap", "Says something else is missing.", "standing",
                  replace=[(f"{usd(gap)} of goods", f"{usd(gap + 2500)} of goods")]),
        near_miss("tickets-unsaid", "Leaves the tickets out.", "tickets", replace=[(_tickets([t["id"] for t in waiting], bool(asked)), "")]),
        near_miss("other-columns", "Names the columns in another way.", "table",
                  replace=[(" | ".join(COLUMNS), "Order | Date | Captured | Refunded | Parcel")]),
    ]  # fmt: skip
    if alone is not None:
        misses.append(near_miss("amount-off", "Gives the sum of an order wrongly.", "captured",
                                replace=[(f"| {usd(alone)} |", f"| {usd(alone + 700)} |")]))  # fmt: skip
    if not asked:
        paid = next(p for p in payments if p["status"] == "captured")
        misses.append(near_miss("gives-credit", "Books something that nobody asked for.", "records", add=[call(
            "createRefund", payment_id=paid["id"], amount=5.0, reason="other", status="pending")]))  # fmt: skip
    if asked:
        misses.append(
            near_miss("left-open", "Leaves the ticket as it is.", "records", drop=[("updateTicketStatus", 1)])
        )
    if scans:
        criteria.insert(4, criterion(
            "parcels", "correctness",
            "The response says where the parcels are: " + "; ".join(
                f"{id} {_scan(*newest_scan(p[0]))}" for id, p in rows.items() if p) + ".",
            all_hold(scans), [f"shipments/{p['id']}.events" for p in parcels],
        ))  # fmt: skip
        on, place, came = newest_scan(parcels[0])
        misses.append(near_miss("no-scans", "Takes the parcels from the status of the orders.", "parcels", replace=[
            (spoken(on), "(shipped)") if came else (place.split(",")[0], "transit")]))  # fmt: skip
    return Rubric(criteria, misses)


def _priced(world: Records, customer: Row, orders: Sequence[Row]) -> int | None:
    """The first sum captured for one order only that is no other sum of the overview; None where less than two are."""
    taken = [_taken(world, o) for o in orders]
    others = {_back(world, o) for o in orders} | {sum(taken), sum(_back(world, o) for o in orders)}
    others |= set(_standing(world, customer))
    alone = [value for value in taken if value and value not in others and taken.count(value) == 1]
    return alone[0] if len(alone) > 1 else None


def _scan(on: date, place: str, came: bool) -> str:
    return f"delivered {spoken(on)}" if came else f"under way, last scan {place}"


def _tickets(ids: Sequence[str], besides: bool) -> str:
    what = ("other open ticket" if besides else "open ticket") + ("" if len(ids) == 1 else "s")
    return f" There are no {what}." if not ids else f" {len(ids)} {what}: {', '.join(ids)}."


def solve(a: Worker, given: Given) -> Plan:
    customer = yield from identified(a, given)
    orders = yield from a.dated("searchOrders", given["since"], a.clock.today.isoformat(), customer_id=customer["id"])
    history = yield from a.all("getCustomerTicketHistory", customer_id=customer["id"])
    programme = yield from a.policy("loyalty", "spend", title="four tiers")
    rows: list[tuple[str, ...]] = []
    total = back = spend = 0
    for order in orders:
        details = yield from order_details(a, order["id"])
        taken = a.captured(details["payments"])
        given_back = [r for p in details["payments"] for r in p["refunds"] if r["status"] in rules.GRANTED_REFUND]
        returned = sum(cents(r["amount"]) for r in given_back)
        total, back = total + taken, back + returned
        placed = date.fromisoformat(a.day(order["created_at"]))
        if taken and order["status"] != "cancelled" and placed >= YEAR:
            spend += taken - cents(order["shipping"]) - returned
        parcel = _parcel(a, details["shipments"])
        rows.append((order["id"], spoken(placed), usd(taken), usd(returned), parcel))
    tier: str = customer["loyalty_tier"]
    found = re.search(rf"\| {NEXT[tier].title()} \| from \$([\d,]+)", programme["body"])
    if found is None:
        raise NotFoundError("the policy does not tell the next tier")
    gap = int(found[1].replace(",", "")) * 100 - spend
    waiting = [t for t in history if t["status"] not in ("resolved", "closed")]
    if "asked" in given:
        ticket = next(t for t in waiting if t["subject"] == given["asked"])
        waiting.remove(ticket)
        yield from a.policy("tickets", "resolution record", title="Ticket states")
        yield from wrap_up(a, ticket["id"], "information_provided", f"Overview of {len(rows)} orders sent as asked.")
    refunds = f"{usd(back)} was refunded" if back else "nothing was refunded"
    close = " The ticket about this is resolved." if "asked" in given else ""
    return (
        f"{as_table(COLUMNS, rows)}\n\nSince {spoken(given['since'])}, {usd(total)} was captured in all and {refunds}. The "
        f"account is in the {tier} tier; with {usd(spend)} of goods in the last twelve months, {usd(gap)} of goods are missing "
        f"to {NEXT[tier]}.{_tickets([t['id'] for t in waiting], 'asked' in given)}{close}"
    )


def _parcel(a: Worker, shipments: Sequence[Json]) -> str:
    if not shipments:
        return "none yet"
    parcel = shipments[0]
    came = a.delivered_on(parcel)
    newest = max(parcel["events"], key=lambda e: e["at"])
    return _scan(date.fromisoformat(came or a.day(newest["at"])), newest["location"], came is not None)


def _settled(given: Given) -> bool:
    return "asked" in given


def _plain(given: Given) -> bool:
    return "asked" not in given


def _own_settled(given: Given) -> bool:
    return "asked" in given and "phone" not in given


def _own_plain(given: Given) -> bool:
    return "asked" not in given and "phone" not in given


WORDINGS = (
    Wording(
        "lead before a call",
        "I [call|ring] {name} ({reach}) at three and want the account in front of me. A table of all orders placed since {since}, "
        "columns Order, Placed, Captured, Refunded, Parcel (the last: the day it came by the scans, else where it was scanned last). "
        "Below it in two or three sentences: captured and refunded in total, their tier and how much more goods they would need as of "
        "today for the next one, how many tickets are open and which. Don't change anything.\n\nMarcus",
        mode="copilot", fits=_plain,
    ),
    Wording(
        "sales chat",
        "need a dossier on {name}, {reach} pls. orders from {since} on, one table: Order | Placed | Captured | Refunded | Parcel. parcel = "
        "delivery date or last place seen. then short: sum captured, sum refunded, current tier + $ [missing to|short of] the next tier by "
        "the last 12 months, number + ids of open tickets. just reading, no changes",
        mode="copilot", fits=_plain,
    ),
    Wording(
        "account review",
        "Dear colleague,\n\nfor the review of {name}'s account ({reach}) I require a factual summary. Please tabulate every order since "
        "{since} under the headings Order, Placed, Captured, Refunded and Parcel, stating under the last when it was delivered or, failing "
        "that, the place of the newest scan. Add the two overall sums, the present loyalty tier, the amount still lacking for the tier "
        "above if it were worked out today, and the [count|number] of unresolved tickets with their numbers. No record is to be "
        "touched.\n\nTheodora Kanakis",
        mode="copilot", fits=_plain,
    ),
    Wording(
        "customer for the tax office",
        "Hello,\n\n{name} here, {reach}. For my [tax papers|accountant] please write me a statement of my account: a table with the "
        "columns Order, Placed, Captured, Refunded, Parcel, one line for every order since {since} (under Parcel the day it was delivered, "
        "or where it is now). After the table tell me in a few words what you have taken and what you have given back altogether, which "
        "loyalty tier I am in, how much I am short of the next as things are today, and how many tickets of mine are open, with numbers.\n\n"
        "[Best wishes|Kind regards],\n{first}",
        fits=_own_plain,
    ),
    Wording(
        "customer, plain speech",
        "I lost my folder so I need the whole lot again. {name}, {reach}. All my orders since {since} in a table, headed Order / Placed / "
        "Captured / Refunded / Parcel, and in that last one put the date it reached me or the last place your scans show. [Underneath|"
        "Then] the totals taken and refunded, my tier, what's lacking in dollars for the one above if you counted today, and any tickets "
        "still open: how many, which numbers. I am not asking you to alter anything.",
        fits=_own_plain,
    ),
    Wording(
        "customer wants it settled",
        "hi, {name}, {reach}. I opened a ticket for an {asked} today and now I'm writing again because I forgot how I want it: a table, "
        "please, Order, Placed, Captured, Refunded, Parcel as columns, orders since {since}, and for the parcel the day of delivery or the "
        "place of the last scan. [plus|and] below: total captured, total refunded, my loyalty tier, how much is missing to the next one "
        "today, how many other tickets I have open and their numbers. Once you've answered, mark the {asked} ticket as solved.",
        fits=_own_settled,
    ),
    Wording(
        "formal customer, to be settled",
        "Dear Sirs,\n\nI refer to my request of today for an {asked} of my account ({name}, {reach}). Kindly list each order since {since} in "
        "tabular form, with Order, Placed, Captured, Refunded and Parcel as headings, the latter giving the delivery date or the most recent "
        "location. Please further state the aggregate sums captured and refunded, my tier, the shortfall to the next tier as of today, and the "
        "count and numbers of any further open tickets. With your reply my request [is settled|has been met]; you may record the ticket as "
        "resolved.",
        fits=_own_settled,
    ),
    Wording(
        "handover of the request",
        "{name} ({reach}) has a ticket in since this afternoon asking for an {asked}. [Please do it|Yours, please]: table with Order, Placed, "
        "Captured, Refunded, Parcel for the orders since {since}, where Parcel says delivered when or last seen where. Then a sentence or "
        "two on total captured, total refunded, tier, the gap to the next tier by today's twelve months, other open tickets (number and ids). "
        "I paste that into the mail; you resolve the ticket, with its record.\n\nBea",
        mode="copilot", fits=_settled,
    ),
    Wording(
        "bullets, with the ticket",
        "Customer: {name}, {reach}. Ticket: the one for an {asked}, from today.\n- table Order | Placed | Captured | Refunded | Parcel, all "
        "orders since {since}; Parcel = day delivered, or place of last scan\n- below: captured total, refunded total\n- tier, and dollars "
        "to the next as it stands today\n- other open tickets: how many, ids\n- then [resolve|finish] that ticket properly (resolution "
        "record, status)\n- send me the text",
        mode="copilot", fits=_settled,
    ),
    Wording(
        "voice note, with the ticket",
        "hey, quick one, {name}, that's {reach}, wants an {asked}, there's a ticket from today. so make the table, columns are Order, Placed, "
        "Captured, Refunded, Parcel, everything ordered since {since}, and in Parcel I want when it was delivered, or else the town it was "
        "last scanned in. add up what we took and what we gave back, say what tier, how many dollars short of the next if we did the sums "
        "today, and whether anything else is open, [how many and the numbers|number and ids]. text to me, and set the ticket to resolved, "
        "with the paperwork",
        mode="copilot", fits=_settled,
    ),
)  # fmt: skip

FAMILY = Family(
    name="account-dossier",
    title="An account in writing: orders with money and parcels in a table, tickets, tier, and the request settled",
    category="communication",
    main_level="groundedness",
    levels=("groundedness", "planning", "tool_use"),
    wordings=WORDINGS,
    find=find,
    rubric=rubric,
    solve=solve,
    rests_on=("pol-loyalty-programme", "pol-tickets-status"),
    weight=2,
)
