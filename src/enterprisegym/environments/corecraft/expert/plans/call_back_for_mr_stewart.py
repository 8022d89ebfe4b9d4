"""Plan: a caller known by his number: a charge long given back, a parcel on its way, the window for the call."""

from __future__ import annotations

from datetime import timedelta

from enterprisegym.environments.corecraft.agents import Plan, Worker, cents, spoken, usd
from enterprisegym.environments.corecraft.agents.steps import order_details, orders_told


def solve(a: Worker) -> Plan:
    customer = yield from a.contact(phone="859-555-1070")
    april = yield from orders_told(a, customer["id"], "2025-04")
    details = yield from order_details(a, april[0]["id"])
    back = [(p, r) for p in details["payments"] for r in p["refunds"] if r["status"] == "processed"]
    if a.captured(details["payments"]) != 2 * cents(details["order"]["total"]) or len(back) != 1:
        raise LookupError("not charged twice, or not given back once")
    refund = back[0][1]
    fresh = yield from orders_told(a, customer["id"], "2025-11")
    parcel = (yield from order_details(a, fresh[0]["id"]))["shipments"][0]
    newest = max(parcel["events"], key=lambda e: e["at"])
    windows = yield from a.article("call-back windows book")
    if "Tue and Thu only" not in windows["body"] or customer["loyalty_tier"] == "platinum":
        raise LookupError("other windows")
    day = a.clock.today + timedelta(days=1)
    while day.weekday() not in (1, 3):
        day += timedelta(days=1)
    return (
        f"**{customer['name']}**\n\n"
        f"- April: charged twice, yes, and given back, yes. {usd(cents(refund['amount']))} went back to him; the refund"
        f" ({refund['id']}) was processed on {spoken(a.day(refund['processed_at']))}. Nothing is open.\n"
        f"- Parcel of {fresh[0]['id']}: newest scan {spoken(a.day(newest['at']))}, {newest['location']},"
        f" {newest['detail'].lower()}. Promised for {spoken(parcel['eta'])}, so before Thursday as things stand.\n"
        f"- Call: not tonight. Window D is over and is for platinum and urgent only. The next one he can make is C,"
        f" {day:%A} {spoken(day)}, 5:00 - 6:30 pm Columbus time, which is his time too.\n"
        f"- For the ticket: `CALL {day.isoformat()} C double charge April`\n"
        "- Number: the one on his account, which is the one he called from. Not the work number; he would have to add"
        " it to the account first."
    )
