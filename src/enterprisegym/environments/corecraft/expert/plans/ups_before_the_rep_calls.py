"""Plan: the UPS parcels of one week that the scans do not show as delivered."""

from __future__ import annotations

from datetime import date

from enterprisegym.environments.corecraft.agents import Plan, Worker, spoken
from enterprisegym.environments.corecraft.agents.steps import as_table, number_in
from enterprisegym.environments.corecraft.policies import rules

FIRST, LAST = "2025-11-10", "2025-11-14"


def solve(a: Worker) -> Plan:
    parcels = yield from a.all("searchShipments", carrier="ups", created_after="2025-10-31", created_before=LAST)
    silence = yield from a.policy("shipping", text="lost scan business days", title="Lost parcels")
    yield from a.policy("shipping", text="late weather", title="Late deliveries")
    days = number_in(r"no scan for (\d+) business days", silence)
    due = [s for s in parcels if s["eta"] and FIRST <= s["eta"] <= LAST]
    missing = [s for s in due if a.parcel_status(s) != "delivered"]
    rows: list[tuple[str, ...]] = []
    lost: list[str] = []
    weather: list[str] = []
    for parcel in sorted(missing, key=lambda s: (s["eta"], s["order_id"])):
        newest = max(parcel["events"], key=lambda event: event["at"])
        scanned = date.fromisoformat(a.day(newest["at"]))
        rows.append((parcel["order_id"], spoken(parcel["eta"]), spoken(scanned), newest["location"]))
        since = rules.add_business_days(scanned, days)
        if since <= a.clock.today:
            lost.append(f"{parcel['order_id']} is the one we already treat as lost, since {spoken(since)}.")
        if any("weather" in event["detail"].lower() for event in parcel["events"]):
            weather.append(f"{parcel['order_id']} is the one with weather on its scans.")
    table = as_table(("Order", "Promised", "Last scan", "Where"), rows)
    return f"Paul, for Monday:\n\n{table}\n\n" + "\n".join([*lost, *weather])
