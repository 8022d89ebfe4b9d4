"""Plan: the parcels of one day's orders, by their newest scans."""

from __future__ import annotations

from datetime import date

from enterprisegym.environments.corecraft.agents.worker import Plan, Worker, spoken
from enterprisegym.rollout.record import Json

CUTOFF = "2025-11-10"


def solve(a: Worker) -> Plan:
    yield from a.policy("shipping", text="newest scan status", title="Reading the tracking")
    orders = yield from a.dated("searchOrders", "2025-11-03")
    late: list[str] = []
    open_ones = 0
    for order in sorted(orders, key=lambda row: row["id"]):
        found = yield from a.all("searchShipments", order_id=order["id"])
        for parcel in found:
            row = _row(a, order, parcel)
            if row is not None:
                late.append(row)
                open_ones += a.delivered_on(parcel) is None
    return (
        f"{len(orders)} orders were placed on {spoken('2025-11-03')}; {len(late)} of them are in the table, with"
        f" {open_ones} parcel"
        f"{'' if open_ones == 1 else 's'} still on the way today.\n\n"
        "| Order | Promised | Delivered on | Newest scan |\n|---|---|---|---|\n" + "\n".join(late)
    )


def _row(a: Worker, order: Json, parcel: Json) -> str | None:
    came = a.delivered_on(parcel)
    if came is not None and date.fromisoformat(came) <= date.fromisoformat(CUTOFF):
        return None
    newest = max(parcel["events"], key=lambda event: event["at"])
    if came is None:
        newest = max((e for e in parcel["events"] if e["status"] != "delivered"), key=lambda event: event["at"])
    delivered = "still on the way" if came is None else spoken(came)
    scan = f"{newest['detail']}, {newest['location']}, {a.day(newest['at'])}"
    return f"| {order['id']} | {spoken(parcel['eta'])} | {delivered} | {scan} |"
