"""Scripted agents: every skill holds against its trap, every lesion falls for it and passes once the trap is off."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

import pytest

from enterprisegym.environment import Environment, make
from enterprisegym.environments.corecraft.agents import (
    LESIONS,
    NOT_FOUND,
    POLICIES,
    NotFoundError,
    Plan,
    PlanFunction,
    Worker,
    cents,
    plan_of,
    play,
    solve,
    usd,
)
from enterprisegym.environments.corecraft.agents.policies import PLANS
from enterprisegym.environments.corecraft.agents.worker import phone_forms
from enterprisegym.environments.corecraft.generate.traps import TRAPS
from enterprisegym.environments.corecraft.tools import TOOLBOX
from enterprisegym.errors import ToolError, UserError
from enterprisegym.rollout import Grade, Rollout, StopReason, run_rollout
from enterprisegym.rollout.policies import Script
from enterprisegym.tasks import Call, Criterion, Reference, Task, WorldRef
from enterprisegym.world import Fork, WorldImage

SEED = 1
Mark = dict[str, Any]
Story = Callable[[Mark, Fork], PlanFunction]


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    return make("corecraft", cache=tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="module")
def trapped(environment: Environment) -> WorldImage:
    return environment.world(SEED, 1, "all")


@pytest.fixture(scope="module")
def plain(environment: Environment) -> WorldImage:
    return environment.world(SEED, 1, "none")


@pytest.fixture
def fork(trapped: WorldImage) -> Iterator[Fork]:
    with trapped.fork() as found:
        yield found


def marks(image: WorldImage) -> dict[str, list[Mark]]:
    return image.annotations()["traps"]


def answer(script: Script, world: Fork, calls: list[str] | None = None) -> str:
    """What a script responds when it is played in a world."""
    try:
        call = next(script)
        while True:
            if calls is not None:
                calls.append(call.name)
            try:
                result = json.loads(json.dumps(TOOLBOX.call(world, call.name, call.arguments)))
            except ToolError as refusal:
                result = {"error": str(refusal)}
            call = script.send(result)
    except StopIteration as end:
        return end.value


def respond(plan: PlanFunction, world: Fork, lesion: str | None = None) -> str:
    return answer(play(plan, Worker(lesion)), world)


# One small plan for each trap, built on the facts of an instance


def page_cut(mark: Mark, world: Fork) -> PlanFunction:
    def solve(a: Worker) -> Plan:
        orders = yield from a.all("searchOrders", customer_id=mark["customer_id"])
        return max(orders, key=lambda o: o["subtotal"])["id"]

    return solve


def brand_spelling(mark: Mark, world: Fork) -> PlanFunction:
    def solve(a: Worker) -> Plan:
        products = yield from a.brand(mark["written"], status="active")
        return ", ".join(sorted(p["id"] for p in products))

    return solve


def one_product(mark: Mark, world: Fork) -> PlanFunction:
    suffix = (world.get("products", mark["products"][0]) or {})["name"].removeprefix(mark["stored"])
    written = f"{mark['written']}{suffix}"

    def solve(a: Worker) -> Plan:
        product = yield from a.product(written)
        return product["id"]

    return solve


def namesake(mark: Mark, world: Fork) -> PlanFunction:
    city = (world.get("customers", mark["id"]) or {})["addresses"][0]["city"]

    def solve(a: Worker) -> Plan:
        people = yield from a.all("searchCustomers", name=mark["name"])
        return a.pick(people, city=city)["id"]

    return solve


def shared_words(one: Mark, other: Mark) -> str:
    """Words of both titles, and tags of both."""
    first, second = ({*re.findall(r"\w+", a["title"].lower()), *a["tags"]} for a in (one, other))
    return " ".join(sorted(first & second))


def stale_article(mark: Mark, world: Fork) -> PlanFunction:
    current, old = (world.get("kb_articles", mark[key]) or {} for key in ("current", "id"))

    def solve(a: Worker) -> Plan:
        product = current["product_ids"][0] if current["product_ids"] else None
        article = yield from a.article(shared_words(current, old), product_id=product)
        return article["id"]

    return solve


def sibling_article(mark: Mark, world: Fork) -> PlanFunction:
    right, other = (world.get("kb_articles", mark[key]) or {} for key in ("right", "id"))

    def solve(a: Worker) -> Plan:
        article = yield from a.article(shared_words(right, other), product_id=right["product_ids"][0])
        return article["id"]

    return solve


def superseded_policy(mark: Mark, world: Fork) -> PlanFunction:
    current = world.get("company_policies", mark["current"]) or {}

    def solve(a: Worker) -> Plan:
        policy = yield from a.policy(mark["policy_type"], title=current["title"])
        return policy["id"]

    return solve


def year_twin(mark: Mark, world: Fork) -> PlanFunction:
    def solve(a: Worker) -> Plan:
        orders = yield from a.dated("searchOrders", mark["month"], customer_id=mark["customer_id"])
        for order in orders:
            for line in order["lines"]:
                product = yield from a.call("getProduct", product_id=line["product_id"])
                if product["product"]["category"] == mark["category"]:
                    return order["id"]
        raise NotFoundError("no such order")

    return solve


def midnight_order(mark: Mark, world: Fork) -> PlanFunction:
    def solve(a: Worker) -> Plan:
        orders = yield from a.all("searchOrders", customer_id=mark["customer_id"])
        return ", ".join(sorted(a.day(o["created_at"]) for o in orders if a.day(o["created_at"])[:7] == mark["month"]))

    return solve


def month_count(mark: Mark, world: Fork) -> PlanFunction:
    def solve(a: Worker) -> Plan:
        orders = yield from a.dated("searchOrders", mark["month"], customer_id=mark["customer_id"])
        return str(len(orders))

    return solve


def failed_attempts(mark: Mark, world: Fork) -> PlanFunction:
    def solve(a: Worker) -> Plan:
        details = yield from a.call("getOrderDetails", order_id=mark["order_id"])
        return f"{usd(a.captured(details['payments']))} on {a.payment(details['payments'])['id']}"

    return solve


def ticket_claim(mark: Mark, world: Fork) -> PlanFunction:
    def solve(a: Worker) -> Plan:
        ticket = (yield from a.call("searchTickets", ticket_id=mark["id"]))["tickets"][0]
        order = (yield from a.call("searchOrders", order_id=mark["order_id"]))["orders"][0]
        claims, line = a.claims(ticket), order["lines"][0]
        if mark["claim"] == "date":
            return a.record(a.claimed_day(ticket), a.day(order["created_at"]))
        if mark["claim"] == "price":
            return usd(a.record(claims.amounts_cents[0], cents(line["unit_price"])))
        return str(a.record(claims.quantities[0], line["quantity"]))

    return solve


def price_drift(mark: Mark, world: Fork) -> PlanFunction:
    def solve(a: Worker) -> Plan:
        order = (yield from a.call("searchOrders", order_id=mark["orders"][0]))["orders"][0]
        product = (yield from a.call("getProduct", product_id=mark["id"]))["product"]
        line = a.pick(order["lines"], product_id=mark["id"])
        return usd(a.price_paid(line, product))

    return solve


def prebuilt_cheaper(mark: Mark, world: Fork) -> PlanFunction:
    parts = {c["product_id"]: c["quantity"] for c in mark["components"]}

    def solve(a: Worker) -> Plan:
        total = 0
        for id, quantity in parts.items():
            total += quantity * cents((yield from a.call("getProduct", product_id=id))["product"]["price"])
        packages = yield from a.packages(parts)
        whole = [p for p in packages if len(p["components"]) == len(parts)]
        return usd(min([total, *(cents(p["price"]) for p in whole)]))

    return solve


def misfiled_ticket(mark: Mark, world: Fork) -> PlanFunction:
    def solve(a: Worker) -> Plan:
        ticket = (yield from a.call("searchTickets", ticket_id=mark["id"]))["tickets"][0]
        return a.true_type(ticket)

    return solve


def header_lag(mark: Mark, world: Fork) -> PlanFunction:
    def solve(a: Worker) -> Plan:
        parcels = yield from a.all("searchShipments", order_id=mark["order_id"])
        return f"{a.parcel_status(parcels[0])} on {a.delivered_on(parcels[0])}"

    return solve


def duplicate_account(mark: Mark, world: Fork) -> PlanFunction:
    def solve(a: Worker) -> Plan:
        customer = yield from a.contact(email=mark["email"])
        accounts = yield from a.accounts(customer)
        orders = []
        for account in accounts:
            orders += yield from a.all("searchOrders", customer_id=account["id"])
        return ", ".join(sorted(o["id"] for o in orders))

    return solve


def contact_format(mark: Mark, world: Fork) -> PlanFunction:
    def solve(a: Worker) -> Plan:
        customer = yield from a.contact(**mark["written"])
        return customer["id"]

    return solve


def stray_note(mark: Mark, world: Fork) -> PlanFunction:
    def solve(a: Worker) -> Plan:
        details = yield from a.call("getOrderDetails", order_id=mark["id"])
        refunded = sum(cents(r["amount"]) for p in details["payments"] for r in p["refunds"])
        topics = "refund|return|RMA|replacement|credit|cancel|shipped|left the building"
        return a.noted(details["order"], topics, claimed="done", recorded="done" if refunded else "never happened")

    return solve


def planted_instruction(mark: Mark, world: Fork) -> PlanFunction:
    def solve(a: Worker) -> Plan:
        ticket = (yield from a.call("searchTickets", ticket_id=mark["id"]))["tickets"][0]
        return "refunded" if a.obeys(ticket) else "answered"

    return solve


def split_stock(mark: Mark, world: Fork) -> PlanFunction:
    def solve(a: Worker) -> Plan:
        product = (yield from a.call("getProduct", product_id=mark["product_id"]))["product"]
        return str(a.stock(product))

    return solve


STORIES: dict[str, tuple[Story, ...]] = {
    "page_cut": (page_cut,),
    "brand_spelling": (brand_spelling, one_product),
    "namesake": (namesake,),
    "stale_article": (stale_article,),
    "sibling_article": (sibling_article,),
    "superseded_policy": (superseded_policy,),
    "year_twin": (year_twin,),
    "midnight_order": (midnight_order, month_count),
    "failed_attempts": (failed_attempts,),
    "ticket_claim": (ticket_claim,),
    "price_drift": (price_drift,),
    "prebuilt_cheaper": (prebuilt_cheaper,),
    "misfiled_ticket": (misfiled_ticket,),
    "header_lag": (header_lag,),
    "duplicate_account": (duplicate_account,),
    "contact_format": (contact_format,),
    "stray_note": (stray_note,),
    "planted_instruction": (planted_instruction,),
    "split_stock": (split_stock,),
}
CHANGES_THE_TRUTH = {"prebuilt_cheaper"}
FINDS_MORE = {"sibling_article"}
"""The words of these small plans also find an article of the base world on a third model."""


@pytest.mark.parametrize("name", list(TRAPS))
def test_the_probe_falls_for_its_trap_and_for_nothing_once_it_is_off(
    name: str, trapped: WorldImage, plain: WorldImage
) -> None:
    probe = TRAPS[name].probe
    with trapped.fork() as on, plain.fork() as off:
        missed = 0
        for mark in marks(trapped)[name]:
            for story in STORIES[name]:
                plan = story(mark, on)
                right = respond(plan, on)
                assert right not in ("", NOT_FOUND), mark
                assert respond(plan, on, probe) != right, mark
                twin = respond(plan, off)
                assert (twin == right) is (name not in CHANGES_THE_TRUTH), mark
                missed += respond(plan, off, probe) != twin
        assert missed <= (1 if name in FINDS_MORE else 0)


@pytest.mark.parametrize("name", list(TRAPS))
def test_only_its_own_lesion_falls_for_a_trap(name: str, trapped: WorldImage) -> None:
    with trapped.fork() as on:
        plan = STORIES[name][0](marks(trapped)[name][0], on)
        right = respond(plan, on)
        wrong = {lesion for lesion in LESIONS if respond(plan, on, lesion) != right}
        assert TRAPS[name].probe in wrong
        assert wrong <= {TRAPS[name].probe, "no-paging", "first-hit"}


def test_the_right_row_is_found_by_the_facts_of_the_trap(trapped: WorldImage) -> None:
    with trapped.fork() as on:
        for name in ("page_cut", "namesake", "year_twin", "contact_format"):
            for mark in marks(trapped)[name]:
                assert respond(STORIES[name][0](mark, on), on) == mark["id"]


# Skills


def test_all_follows_pages_to_the_end(fork: Fork) -> None:
    def solve(a: Worker) -> Plan:
        return str(len((yield from a.all("searchProducts", category="gpu"))))

    count = fork.rows("SELECT count(*) AS n FROM products WHERE category = 'gpu'")[0]["n"]
    assert count > 10
    assert respond(solve, fork) == str(count)
    assert respond(solve, fork, "no-paging") == "10"


def test_pick_needs_all_evidence() -> None:
    rows = [
        {"id": "cust-1", "name": "Ana Diaz", "addresses": [{"city": "Reno"}]},
        {"id": "cust-2", "name": "Ana Diaz", "addresses": [{"city": "Columbus"}]},
    ]
    assert Worker().pick(rows, name="ana diaz", city="Columbus")["id"] == "cust-2"
    assert Worker().pick(rows, where=lambda r: r["id"] != "cust-1")["id"] == "cust-2"
    assert Worker("first-hit").pick(rows, city="Columbus")["id"] == "cust-1"
    with pytest.raises(NotFoundError):
        Worker().pick(rows, city="Akron")


def test_phone_numbers_are_tried_as_written_first() -> None:
    assert phone_forms("(614) 555-0188")[0] == "(614) 555-0188"
    assert {"614-555-0188", "614.555.0188"} <= set(phone_forms("+1 614 555 0188"))


def test_claims_reads_days_amounts_and_quantities() -> None:
    body = "Ordered October 28, paid $1,329.99. I ordered two of these. It came November 3."
    claims = Worker().claims({"body": body})
    assert claims.days == ("October 28", "November 3")
    assert claims.amounts_cents == (132999,)
    assert claims.quantities == (2,)
    assert Worker().claimed_day({"body": body, "created_at": "2025-10-20T15:00:00Z"}) == "2024-10-28"


def test_times_of_one_evening() -> None:
    assert Worker().day("2025-11-01T01:30:00Z") == "2025-10-31"
    assert Worker("utc-dates").day("2025-11-01T01:30:00Z") == "2025-11-01"


def test_an_unknown_lesion_is_refused() -> None:
    with pytest.raises(ValueError, match="no lesion 'sleepy'"):
        Worker("sleepy")


# Crashes


def crashing(error: Exception) -> PlanFunction:
    def solve(a: Worker) -> Plan:
        yield from a.all("searchOrders", customer_id="cust-10001")
        raise error

    return solve


@pytest.mark.parametrize(
    "error", [IndexError(), KeyError("x"), NotFoundError("x"), StopIteration(), TypeError(), ValueError()]
)
def test_a_lesion_that_removed_data_gives_an_answer(error: Exception, fork: Fork) -> None:
    assert respond(crashing(error), fork, "no-paging") == NOT_FOUND


@pytest.mark.parametrize("error", [IndexError(), KeyError("x"), NotFoundError("x"), TypeError()])
def test_a_worker_with_all_skills_never_hides_a_bug(error: Exception, fork: Fork) -> None:
    with pytest.raises(type(error)):
        respond(crashing(error), fork)


def test_other_bugs_are_not_hidden_by_a_lesion(fork: Fork) -> None:
    with pytest.raises(ZeroDivisionError):
        respond(crashing(ZeroDivisionError()), fork, "no-paging")


def test_a_refused_call_raises_in_call_and_not_in_attempt(fork: Fork) -> None:
    def solve(a: Worker) -> Plan:
        tried = yield from a.attempt("getOrderDetails", order_id="ord-none")
        assert "there is no order" in tried["error"]
        yield from a.call("getOrderDetails", order_id="ord-none")
        return "unreachable"

    with pytest.raises(NotFoundError, match="getOrderDetails: there is no order"):
        respond(solve, fork)


# Policies


def task(prompt: str, family: str = "no-such-family") -> Task:
    return Task(
        id="t-1",
        family=family,
        title="t",
        category="workflow",
        mode="autonomous",
        main_level="tool_use",
        levels=("tool_use",),
        difficulty=1,
        world=WorldRef(seed=SEED),
        system_prompt="support",
        prompt=prompt,
        criteria=(Criterion(id="c", kind="correctness", assertion="a"),),
        reference=Reference(calls=(Call(name="searchOrders"),), response="r"),
    )


def test_policies_hold_the_reference_the_floors_and_every_probe() -> None:
    kinds = {kind: {p.name for p in POLICIES.values() if p.kind == kind} for kind in ("reference", "floor", "probe")}
    assert kinds["probe"] == set(LESIONS)
    assert kinds["floor"] == {"null", "apologiser", "spammer", "blind-refunder", "answer-stuffer"}
    assert kinds["reference"] == {"reference", "worker"}
    assert all(info.name == name and info.summary for name, info in POLICIES.items())


@pytest.mark.parametrize("name", ["no-paging", "worker"])
async def test_a_probe_needs_a_plan(name: str) -> None:
    policy_task = task("Where is my order?")
    with pytest.raises(UserError, match="task t-1 has no plan"):
        POLICIES[name].factory(policy_task, 0)
    with pytest.raises(UserError):
        plan_of(policy_task)


NO_GRADE = Grade(verdicts=(), reward=None, passed=None, reward_checked=None, passed_checked=None)


def count_gpus(a: Worker) -> Plan:
    products = yield from a.all("searchProducts", category="gpu")
    tried = yield from a.attempt("getProduct", product_id="no-such-thing")
    return f"{len(products)} cards; {tried['error']}"


@pytest.fixture
def planned(monkeypatch: pytest.MonkeyPatch) -> Task:
    """A task whose family has a plan."""
    name = f"{PLANS}.count_gpus"
    module = ModuleType(name)
    module.__spec__ = ModuleSpec(name, None)
    module.solve = count_gpus  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, name, module)
    return task("How many graphics cards do we sell?", "count-gpus")


async def test_probes_play_the_plan_in_the_agent_loop(planned: Task, environment: Environment) -> None:
    responses: dict[str, str | None] = {}
    for name in ("worker", "no-paging"):
        toolbox, world = environment.toolbox, environment.world(SEED, 1, "all").fork()
        rollout = Rollout(planned, "system", world, toolbox, lambda task, outcome: NO_GRADE)
        record = await run_rollout(rollout, POLICIES[name].factory(planned, 0))
        assert record.stop_reason is StopReason.FINISHED, record.error
        responses[name] = record.response
        rollout.close()
    assert responses["no-paging"] != responses["worker"]
    assert (responses["no-paging"] or "").startswith("10 cards")


def test_solve_gives_the_accepted_calls_and_the_response(planned: Task, fork: Fork) -> None:
    solution = solve(planned, fork)
    assert {call.name for call in solution.calls} == {"searchProducts"}
    assert solution.calls[1].arguments == {"category": "gpu", "offset": 10}
    assert "no product 'no-such-thing'" in solution.response


def floor(name: str, prompt: str, world: Fork, calls: list[str] | None = None) -> str:
    return answer(POLICIES[name].factory(task(prompt), 0).script, world, calls)  # type: ignore[attr-defined]


def test_the_apologiser_calls_nothing(fork: Fork) -> None:
    calls: list[str] = []
    assert "sorry" in floor("apologiser", "Where is ord-251103-001?", fork, calls)
    assert calls == []


def test_the_spammer_looks_up_much_and_says_little(fork: Fork) -> None:
    calls: list[str] = []
    response = floor("spammer", "Where is ord-251103-001?", fork, calls)
    assert 10 < len(calls) <= 25
    assert "ord-251103-001" not in response
    assert fork.diff() == ()


def test_the_blind_refunder_gives_all_money_back_and_resolves_the_ticket(fork: Fork) -> None:
    ticket = fork.rows(
        "SELECT t.id, t.order_id, p.id AS payment_id, p.amount_cents"
        " FROM tickets AS t JOIN payments AS p USING (order_id) WHERE t.status = 'open' AND p.status = 'captured'"
        " AND (SELECT count(*) FROM payments AS q WHERE q.order_id = t.order_id) = 1"
        " AND NOT EXISTS (SELECT 1 FROM refunds AS r WHERE r.order_id = t.order_id) ORDER BY t.id LIMIT 1"
    )[0]
    response = floor("blind-refunder", f"Please handle {ticket['id']}.", fork)
    assert usd(ticket["amount_cents"]) in response
    assert (fork.get("payments", ticket["payment_id"]) or {})["status"] == "refunded"
    assert (fork.get("tickets", ticket["id"]) or {})["status"] == "resolved"


def test_the_blind_refunder_finds_people_by_name_and_e_mail(fork: Fork) -> None:
    order = fork.rows(
        "SELECT c.name, c.email FROM orders AS o JOIN customers AS c ON c.id = o.customer_id"
        " WHERE o.status = 'fulfilled' ORDER BY o.id DESC LIMIT 1"
    )[0]
    for prompt in (f"{order['name']} wants money back.", f"A mail from {order['email']}: money back!"):
        with fork.fork() as inner:
            floor("blind-refunder", prompt, inner)
            assert any(change.table == "refunds" and change.added for change in inner.diff())
    assert "refund" in floor("blind-refunder", "please help", fork)


def test_the_answer_stuffer_names_all_it_saw(fork: Fork) -> None:
    order = fork.rows("SELECT * FROM orders WHERE status = 'fulfilled' ORDER BY id LIMIT 1")[0]
    response = floor("answer-stuffer", f"What about {order['id']}?", fork)
    assert order["id"] in response
    assert usd(order["total_cents"]) in response
    assert len(response) <= 24_000
    assert response == floor("answer-stuffer", f"What about {order['id']}?", fork)
