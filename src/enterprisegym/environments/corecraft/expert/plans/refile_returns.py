"""Plan: returns that were filed as other or account, moved under return."""

from __future__ import annotations

import re

from enterprisegym.environments.corecraft.agents.worker import Plan, Rows, Worker

ROUNDABOUT = re.compile(r"too many in the house|don't really need|not what I('d| had)? imagined", re.IGNORECASE)
"""How people ask for a return without any word for it."""


def solve(a: Worker) -> Plan:
    yield from a.article("ticket type misfiled")
    filed: Rows = []
    for ticket_type in ("other", "account"):
        filed += yield from a.all("searchTickets", ticket_type=ticket_type, created_after="2025-10-15")
    lines: list[str] = []
    for ticket in sorted(filed, key=lambda t: t["id"]):
        if ticket["status"] in ("resolved", "closed"):
            continue
        if a.true_type(ticket) == "return" or ROUNDABOUT.search(ticket["body"]):
            yield from a.call("updateTicketStatus", ticket_id=ticket["id"], ticket_type="return")
            words = " ".join(ticket["body"].removeprefix("Dear support team,").split())
            lines.append(f'- {ticket["id"]} ({ticket["subject"]}): "{words[:150].rsplit(" ", 1)[0]} ..."')
    return (
        f"Tobias, I moved {len(lines)} tickets to return. In the customers' own words:\n\n"
        + "\n".join(lines)
        + "\n\nEverything else under those two labels stays as it was; assignees and statuses are untouched."
    )
