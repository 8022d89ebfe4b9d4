"""Which calls of a solution are needed, and in which other order they may come."""

from __future__ import annotations

from enterprisegym.environment import make
from enterprisegym.evaluation.sources import Step, another_order, needed
from enterprisegym.tasks import Call, Criterion, Reference

TASK = make("corecraft").tasks("expert")[0]


def task_of(prompt: str, response: str, evidence: tuple[str, ...] = ()):
    criterion = Criterion(id="c", kind="correctness", assertion="It is so.", evidence=evidence)
    return TASK.model_copy(
        update={"prompt": prompt, "reference": Reference(calls=(), response=response), "criteria": (criterion,)}
    )


def step(name: str, result: str, changes: bool = False, **arguments: object) -> Step:
    return Step(Call(name=name, arguments=arguments), result, changes)


CHAIN = [
    step("searchCustomers", "cust-10001 Maya", email="maya@example.com"),
    step("searchOrders", "ord-250101-001 of cust-10001", customer_id="cust-10001"),
    step("getOrderDetails", "ord-250101-001 cust-10001 total 84.99", order_id="ord-250101-001"),
    step("searchPolicies", "pol-refund-payment 3 days", text="pay"),
    step("createRefund", "ref-251115-001", changes=True, payment_id="ord-250101-001"),
]


def test_calls_that_later_ones_rest_on_are_needed_though_ids_are_repeated_later() -> None:
    task = task_of("I am maya@example.com", "You get $84.99.")
    assert needed(task, CHAIN) == [True, True, True, False, True]


def test_evidence_and_what_the_response_says_make_a_call_needed() -> None:
    assert needed(task_of("maya@example.com", "$84.99", ("company_policies/pol-refund-payment",)), CHAIN)[3]
    assert needed(task_of("maya@example.com", "$84.99 in 3 days"), CHAIN)[3]


def test_all_pages_of_a_query_are_needed() -> None:
    pages = [step("searchOrders", f"page {n}", status="paid", offset=n) for n in (0, 10, 20)]
    single = [step("searchOrders", "page 0", status="paid")]
    assert needed(task_of("how many?", "24"), pages) == [True, True, True]
    assert needed(task_of("how many?", "24"), single) == [False]


def test_another_order_keeps_sources_before_uses_and_changes_in_their_order() -> None:
    more = [*CHAIN, step("createResolution", "res-1", changes=True, ticket_id="ord-250101-001")]
    order = [c.name for c in another_order(task_of("maya@example.com", "x"), more)]
    assert order != [s.call.name for s in more]
    assert order[0] == "searchPolicies"
    assert order.index("searchCustomers") < order.index("searchOrders") < order.index("getOrderDetails")
    assert order.index("createRefund") < order.index("createResolution")
