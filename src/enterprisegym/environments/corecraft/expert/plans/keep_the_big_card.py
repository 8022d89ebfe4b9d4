"""The plan of `keep-the-big-card`."""

from __future__ import annotations

from enterprisegym.environments.corecraft.agents import (
    NotFoundError,
    Plan,
    Rows,
    Worker,
    cents,
    usd,
)
from enterprisegym.environments.corecraft.agents.steps import cart_items, get_product, price_cart, running_codes


def solve(a: Worker) -> Plan:
    customers = yield from a.all("searchCustomers", name="Ebony Siddiqui")
    customer = customers[0]
    orders = yield from a.all("searchOrders", customer_id=customer["id"], status="on_hold")
    order = orders[0]
    cart = {line["product_id"]: line["quantity"] for line in order["lines"]}
    yield from a.call("validateBuildCompatibility", items=cart_items(cart))
    cases = yield from a.all("searchProducts", category="case", status="active", in_stock_only=True)
    supplies = yield from a.all("searchProducts", category="psu", status="active", in_stock_only=True)
    cables = yield from a.all("searchProducts", category="accessory", text="12V-2x6", in_stock_only=True)
    prices: dict[str, int] = {p["id"]: cents(p["price"]) for p in (*cases, *supplies, *cables)}
    old_case = next(p for p in cart if p in {c["id"] for c in cases})
    old_psu = next(p for p in cart if p in {s["id"] for s in supplies})
    card = next(p for p in cart if "tempest" in p)
    length = (yield from get_product(a, card))["specs"]["length_mm"]
    roomy = [c for c in cases if c["specs"]["gpu_max_length_mm"] >= length]
    powers: list[dict[str, int]] = [{old_psu: 1, c["id"]: 1} for c in cables]
    powers += [{s["id"]: 1} for s in supplies if s["specs"]["pcie_12v2x6"]]
    ways = [
        (prices[case["id"]] + sum(prices[p] for p in power) - prices[old_case] - prices[old_psu], case["id"], power)
        for case in roomy
        for power in powers
    ]
    kept = {p: n for p, n in cart.items() if p not in (old_case, old_psu)}
    for extra, case, power in sorted(ways, key=lambda way: way[0]):  # noqa: B007
        changed = {**kept, case: 1, **power}
        checked = yield from a.call("validateBuildCompatibility", items=cart_items(changed))
        if checked["compatible"]:
            break
    else:
        raise NotFoundError("nothing fits")
    promotions = yield from running_codes(a, customer["loyalty_tier"], a.clock.today.isoformat())
    products: Rows = []
    for product_id in changed:
        products.append((yield from get_product(a, product_id)))
    price = yield from price_cart(a, products, changed, customer=customer, promotions=promotions)
    names = {p["id"]: p["name"] for p in products}
    warning = checked["warnings"][0]["message"]
    return (
        f"Cheapest set that clears every error on {order['id']} and keeps the {names[card]}:\n\n"
        f"- Case: {names[case]} ({usd(prices[case])}) in place of the Paddock Mesh ({usd(prices[old_case])}). The card "
        "is "
        f"{length} mm long and the Paddock Mesh has room for 335 mm.\n"
        f"- Power: add the {names[cables[0]['id']]} ({usd(prices[cables[0]['id']])}). The card wants one 12V-2x6 plug "
        "and "
        "the Keel 850 Gold has none; the cable is made for that unit, so the power supply stays.\n\n"
        f"That is {usd(extra)} more at list. New total {usd(cents(price['total']))}: {usd(cents(price['subtotal']))} "
        "less "
        f"her silver 5% ({usd(cents(price['discount']))}), standard shipping free. No running code beats the 5%. Both "
        "parts are in stock.\n\n"
        f"One warning stays, which you should put to her: {warning} The checker lets it pass.\n\n"
        "Nothing was changed on the order."
    )
