"""The linter of prompts: each fault is found, and the expert tasks have none."""

from __future__ import annotations

import pytest

from enterprisegym.environment import make
from enterprisegym.tasks import CheckSpec, Criterion

ENVIRONMENT = make("corecraft")
TASK = ENVIRONMENT.tasks("expert")[0]


def problems(**changes: object) -> list[str]:
    task = TASK.model_copy(update={"given": {}, "situation": {}, "criteria": (), **changes})
    with ENVIRONMENT.fork_for(task) as fork:
        return ENVIRONMENT.spec.lint(task, fork)


@pytest.mark.parametrize("task", ENVIRONMENT.tasks("expert"), ids=lambda t: t.id)
def test_the_expert_prompts_are_clean(task) -> None:
    with ENVIRONMENT.fork_for(task) as fork:
        assert ENVIRONMENT.spec.lint(task, fork) == []


def test_what_is_given_stands_in_the_prompt() -> None:
    given = {"name": "Maya Ortiz", "month": {"said": "early May", "meant": "2025-05"}}
    assert problems(prompt="Maya  Ortiz here,\nabout early may", given=given) == []
    (problem,) = problems(prompt="Maya Ortiz here, about June", given=given)
    assert "early May" in problem


def test_ids_that_nobody_knows() -> None:
    assert "pay-251103-014" in problems(prompt="What about pay-251103-014?")[0]
    assert problems(prompt="What about ord-251103-014?") == []


def test_a_name_that_several_customers_have() -> None:
    image = ENVIRONMENT.world(seed=TASK.world.seed or 0)
    mark = image.annotations()["traps"]["namesake"][0]
    (problem,) = problems(prompt=f"{mark['name']} asks for their money.")
    assert mark["name"] in problem
    assert problems(prompt=f"{mark['name']} ({mark['email']}) asks for their money.") == []


def bought(customer: str) -> set[str]:
    query = (
        "SELECT DISTINCT p.name FROM orders o JOIN order_lines l ON l.order_id = o.id"
        " JOIN products p ON p.id = l.product_id WHERE o.customer_id = ?"
    )
    with ENVIRONMENT.fork_for(TASK) as fork:
        return {row["name"] for row in fork.rows(query, (customer,))}


def namesakes() -> list[dict[str, str]]:
    return ENVIRONMENT.world(seed=TASK.world.seed or 0).annotations()["traps"]["namesake"]


def test_what_tells_namesakes_apart_is_read_as_whole_words() -> None:
    mark = namesakes()[0]
    product = min(bought(mark["id"]) - bought(mark["namesake"]))
    assert problems(prompt=f"{mark['name']} asks about the {product}.") == []
    assert problems(prompt=f"{mark['name']} asks about the {product}-ITX.") != []
    assert problems(prompt=f"{mark['name']} asks about the {product}XL.") != []


def test_what_both_namesakes_have_does_not_tell_them_apart_and_a_postal_code_does() -> None:
    mark = next(m for m in namesakes() if bought(m["id"]) & bought(m["namesake"]))
    product = min(bought(mark["id"]) & bought(mark["namesake"]))
    with ENVIRONMENT.fork_for(TASK) as fork:
        (customer,) = fork.rows("SELECT * FROM customers WHERE id = ?", (mark["id"],))
    code = customer["addresses"][0]["postal_code"]
    assert problems(prompt=f"{mark['name']} asks about the {product}.") != []
    assert problems(prompt=f"{mark['name']}, {code}, asks about the {product}.") == []
    assert problems(prompt=f"{mark['name']}, 9{code}, asks about the {product}.") != []


def test_a_customer_who_does_not_say_who_they_are() -> None:
    assert problems(prompt="where is my order?", situation={"customer": "cust-10001"}) != []
    assert problems(prompt="where is my order? jo@example.com", situation={"customer": "cust-10001"}) == []


@pytest.mark.parametrize(
    ("check", "prompt"),
    [
        ({"check": "amount", "value": "1519.96"}, "Am I right that I get $1,519.96?"),
        ({"check": "date", "value": "2025-11-03"}, "It came on November 3, 2025, did it?"),
        ({"check": "all_of", "checks": [{"check": "amount", "value": "5.00"}]}, "So $5.00?"),
    ],
)
def test_an_answer_that_the_prompt_tells(check, prompt) -> None:
    criterion = Criterion(id="c", kind="correctness", assertion="So.", check=CheckSpec.model_validate(check))
    assert problems(prompt=prompt, criteria=(criterion,)) != []
    assert problems(prompt="How much, and when?", criteria=(criterion,)) == []
