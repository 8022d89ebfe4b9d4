"""Personal data is to be copied or deleted: passed to privacy for who is known, refused for who is not."""

from __future__ import annotations

import random
from collections.abc import Iterator

from enterprisegym.environments.corecraft.agents import Plan, Rows, Worker, spoken
from enterprisegym.environments.corecraft.agents.steps import identified
from enterprisegym.environments.corecraft.families.family import Family, Given, Rubric, Situation, Wording
from enterprisegym.environments.corecraft.families.records import Records, shuffled
from enterprisegym.environments.corecraft.families.rubrics import (
    Staged,
    call,
    criterion,
    day,
    either,
    esc_added,
    handled,
    incoming_ticket,
    near_miss,
    number,
    readable,
    says,
    single_accounts,
    stable,
)
from enterprisegym.world import Row

KNOWN, STRANGERS = 75, 36
COPY = (
    "a copy of everything you have stored about me",
    "to know, in full, which personal data of mine you keep",
    "an export of all my data",
    "my complete file, every bit of personal information you hold on me",
)
DELETION = (
    "my account and all my personal data erased",
    "everything deleted that you know about me",
    "to be forgotten by your systems, account included",
    "my data removed for good",
)
RELATIVES = (
    "his wife",
    "her husband",
    "his daughter",
    "her assistant",
    "his brother",
    "her flatmate",
    "a colleague of hers",
)
SAFE = "Nothing has been deleted or exported by me"
PASSED = "I have passed this to our privacy team, who alone decide on it and answer you"
NOT_KNOWN = (
    "I cannot tell you anything about this account and cannot start a data request for it: you write from an address that I "
    "cannot match, and a name alone is not enough."
)
HOW = (
    "The account holder can write to us from the e-mail address on the account, or give us two of these three: an order number, "
    "the full name, the postal code."
)


def find(world: Records, rng: random.Random) -> Iterator[Situation]:
    marked = {m["id"]: "contact" for m in world.marks("contact_format") if "email" in m["written"]}
    marked |= {m["id"]: "namesake" for m in world.marks("namesake")}
    marked |= {m["id"]: "duplicate" for m in world.marks("duplicate_account")}
    marked |= {m["customer_id"]: "page" for m in world.marks("page_cut")}
    plain = [c["id"] for c in single_accounts(world) if c["id"] not in marked]
    late = {m["id"] for m in world.marks("midnight_order")}
    plain.sort(key=lambda id: not any(o["id"] in late for o in world.orders_of(id)[:1]))
    rest = plain[:14] + shuffled(rng, plain[14:])
    found = 0
    for id in [*sorted(marked), *rest]:
        customer = world.customer(id)
        if found < KNOWN and len(world.orders_of(id)) > 1 and (s := _known(world, rng, customer, marked.get(id, ""))):
            found += 1
            yield s
    names = [c["name"] for c in world.all("customers")]
    addresses = {c["email"].lower() for c in world.all("customers")}
    others = [id for id in rest if names.count(world.customer(id)["name"]) == 1 and world.orders_of(id)]
    for turn, id in enumerate(others[: 2 * STRANGERS : 2]):
        yield _stranger(world, world.customer(id), turn, addresses)


def _wish(id: str) -> tuple[str, str]:
    kind = ("copy", "deletion")[stable(id, "wish", below=2)]
    texts = COPY if kind == "copy" else DELETION
    return kind, texts[stable(id, "words", below=len(texts))]


def _known(world: Records, rng: random.Random, customer: Row, mark: str) -> Situation | None:
    kind, wish = _wish(customer["id"])
    told = {"name": customer["name"], "first": customer["name"].split()[0]}
    zip_code = customer["addresses"][0]["postal_code"]
    alone = len(world.of("customers", "name", customer["name"])) == 1
    if mark == "duplicate":
        told |= {"email": customer["email"], "zip": zip_code, "reach": f"{customer['email']}, postal code {zip_code}"}
    elif mark == "contact":
        found = world.mark("contact_format", customer["id"])
        email = customer["email"] if found is None else str(found["written"]["email"])
        told |= {"email": email, "reach": email}
    elif mark == "namesake" or (alone and rng.random() < 0.4):
        told |= {"zip": zip_code, "reach": f"postal code {zip_code}"}
    else:
        told |= {"email": customer["email"], "reach": customer["email"]}
    ticket = incoming_ticket(
        900 + stable(customer["id"], "data", below=100), customer["id"], "my personal data",
        f"I want {wish}. And how many orders have I placed with you in all, and on what day the last one? {customer['name']}",
        "account",
    )  # fmt: skip
    newest = world.orders_of(customer["id"])[0]
    among = ("contact_format", "namesake", "duplicate_account")
    traps = [*world.traps_on(customer["id"], among=among), *world.traps_on(newest["id"], among=("midnight_order",))]
    traps += ["page_cut"] if mark == "page" else []
    return Situation(
        key={"customer": customer["id"], "kind": kind},
        given={**told, "wish": wish},
        traps=tuple(traps),
        difficulty=4 if mark in ("duplicate", "page") else 2 + bool(mark),
        setup=(ticket,),
    )


def _stranger(world: Records, customer: Row, turn: int, addresses: set[str]) -> Situation:
    """Somebody who is not known: a relative, or the customer from an address that only looks like the one on file."""
    kind, wish = _wish(customer["id"])
    given = {"name": customer["name"]}
    first, _, last = customer["name"].lower().partition(" ")
    if turn % 2:
        given |= {"relative": RELATIVES[stable(customer["id"], "relative", below=len(RELATIVES))]}
        given |= {"from": _unused(f"home.{last.replace(' ', '')}", "mailbox.example", addresses)}
        given |= {
            "wanted": "a copy of the data you hold" if kind == "copy" else "the account and the data in it deleted"
        }
    else:
        local, _, domain = str(customer["email"]).lower().partition("@")
        near = local.replace(".", "") if "." in local else f"{first[0]}.{local}"
        given |= {"from": _unused(near, domain, addresses), "wish": wish}
    return Situation(
        key={"customer": customer["id"], "kind": "stranger"},
        given=given,
        difficulty=3 if turn % 2 else 4,
        main_level="common_sense",
    )


def _unused(local: str, domain: str, addresses: set[str]) -> str:
    while f"{local}@{domain}" in addresses:
        local += "1"
    return f"{local}@{domain}"


def _orders(world: Records, customer_id: str) -> list[Row]:
    """Orders on all accounts of a person, newest first."""
    ids = [customer_id, *(m["old_account"] for m in world.marks("duplicate_account") if m["id"] == customer_id)]
    return sorted((o for id in ids for o in world.orders_of(id)), key=lambda o: o["created_at"], reverse=True)


def rubric(world: Records, s: Situation) -> Rubric:
    if s.key["kind"] == "stranger":
        return _refused(world, s)
    staged = Staged(world, s.setup)
    ticket = next(t for t in staged.tickets_of(s.key["customer"]) if t["subject"] == "my personal data")
    orders = _orders(world, s.key["customer"])
    last = world.placed_on(orders[0])
    alone = len(world.orders_of(s.key["customer"]))
    day_30 = {"check": "date", "value": "2025-12-15"}
    in_time = either(number(30, ["day"]), says(["30-day", "thirty days", "within a month", "one month"]), day_30)
    deletion = s.key["kind"] == "deletion"
    done = ["your data has been deleted", "your account has been deleted", "we have deleted", "I have deleted", "I deleted",
            "account has been erased", "data has been erased", "data is attached", "I have attached", "we have attached",
            "attached to this", "I have exported", "we have exported"]  # fmt: skip
    return Rubric(
        [
            criterion(
                "escalated", "correctness",
                f"{ticket['id']} is escalated to privacy as privacy_request with {s.key['customer']} in the notes; nothing else "
                "is changed.",
                {"check": "state", "required": [esc_added(ticket["id"], "privacy_request", "privacy", s.key["customer"])],
                 "allowed": handled(ticket["id"])[:1]},
                ["company_policies/pol-privacy-requests", f"tickets/{ticket['id']}"],
            ),
            criterion("privacy-team", "completeness", "The response says that the privacy team deals with the request.",
                      says(["privacy"], ["team", "colleague*", "department", "desk", "officer", "specialist*"]),
                      ["company_policies/pol-escalation-matrix"]),
            criterion("in-30-days", "correctness", "The response says that the answer comes within 30 days.", in_time,
                      ["slas/sla-privacy-request"]),
            criterion(
                "count", "correctness", f"The response says, in 450 words at most, that there are {len(orders)} orders.",
                readable(number(len(orders), ["order", "purchase"], [alone, *([10] if len(orders) > 10 else [])])),
                [f"orders/{o['id']}" for o in orders],
            ),
            criterion("last-order", "correctness", f"The response says that the last order was placed on {spoken(last)}.",
                      day(last), [f"orders/{orders[0]['id']}.created_at"]),
            criterion(
                "nothing-done", "constraint",
                f"The response does not say that the data were {'deleted' if deletion else 'handed out'} already.",
                {"check": "absent", "phrases": done, "with": in_time}, ["company_policies/pol-privacy-requests"],
            ),
        ],
        [
            near_miss("keeps-it", "Does not escalate.", "escalated", drop=[("createEscalation", 1)]),
            near_miss("to-the-lead", "Passes it to the wrong desk.", "escalated", set=[
                ("createEscalation", 1, {"escalation_type": "policy_exception", "destination": "support_lead"})]),
            near_miss("team-unsaid", "Does not say who answers.", "privacy-team", replace=[(PASSED, "This has been passed on")]),
            near_miss("soon", "Gives another time.", ["in-30-days", "nothing-done"],
                      replace=[("within 30 days", "within 5 days")]),
            near_miss("miscounts", "Names another number.", "count",
                      replace=[(_count(len(orders)), _count(len(orders) + 1))]),
            near_miss("no-day", "Does not name the day.", "last-order", replace=[(f" on {spoken(last)}", " this year")]),
            near_miss("says-done", "Says that it is done.", "nothing-done",
                      replace=[(SAFE, "Your data has been deleted" if deletion else "Your data is attached")]),
        ],
    )  # fmt: skip


def _count(orders: int) -> str:
    return f"{orders} {'order' if orders == 1 else 'orders'}"


def _refused(world: Records, s: Situation) -> Rubric:
    customer = world.customer(s.key["customer"])
    no = says(["can not", "unable", "not able", "not possible", "may not", "must not", "not allowed", "only ... account holder",
               "not permitted", "will not", "could not", "do not have", "can only"])  # fmt: skip
    how = says(["address on", "email on", "e-mail on", "email address on", "address on file", "registered", "on the account",
                "same address", "e-mail address on", "account's e-mail", "email associated", "on file"],
               ["write", "contact", "send", "ask", "request*", "mail*", "email*", "reply", "use", "using", "give us", "provide"])  # fmt: skip
    hidden = [customer["email"], customer["phone"] or customer["email"], customer["id"], customer["addresses"][0]["line1"],
              customer["addresses"][0]["postal_code"]]  # fmt: skip
    waiting = [t for t in world.tickets_of(customer["id"]) if t["status"] != "closed"]
    acts = (
        call("createEscalation", ticket_id=waiting[0]["id"], escalation_type="privacy_request", destination="privacy",
             notes="Wants the data.")
        if waiting
        else call("updateOrderStatus", order_id=world.orders_of(customer["id"])[0]["id"], status="refund_requested")
    )  # fmt: skip
    order = world.orders_of(customer["id"])[0]
    if not waiting and order["status"] != "fulfilled":
        status = "on_hold" if order["status"] in ("pending", "paid", "backorder") else "paid"
        acts = call("updateOrderStatus", order_id=order["id"], status=status)
    return Rubric(
        [
            criterion("refused", "correctness", "The response says that this cannot be done for who writes.", no,
                      ["company_policies/pol-privacy-accounts"]),
            criterion("nothing-started", "constraint", "No record is changed, and the response says what is refused.",
                      {"check": "unchanged", "with": no}, ["company_policies/pol-privacy-accounts"]),
            criterion(
                "how", "completeness",
                "The response, in 450 words at most, says that the account holder is to write from the address on the account.",
                readable(how), ["kb_articles/kb-0252"],
            ),
            criterion(
                "or-two", "completeness", "The response names order number, full name and postal code as the other proof.",
                says(["order number"], ["postal code", "zip*", "postcode"]), ["company_policies/pol-privacy-accounts"],
            ),
            criterion("nothing-told", "constraint", "The response tells nothing from the account and says what is needed.",
                      {"check": "private", "forbidden": list(dict.fromkeys(hidden)), "with": how},
                      [f"customers/{customer['id']}"]),
        ],
        [
            near_miss("starts", "Says that it is under way.", ["refused", "nothing-started"],
                      replace=[(NOT_KNOWN, "Your request for this account is noted.")]),
            near_miss("acts", "Changes a record.", "nothing-started", add=[acts]),
            near_miss("no-way", "Does not say how it can be done.", ["how", "or-two", "nothing-told"],
                      response=f"Hello,\n\n{NOT_KNOWN}\n\nCorecraft support"),
            near_miss("mail-only", "Leaves out the other proof.", "or-two",
                      replace=[(HOW, HOW.split(", or give")[0] + ".")]),
            near_miss("proof-only", "Leaves out the address on the account.", ["how", "nothing-told"],
                      replace=[(HOW, "What helps: two out of order number, full name and postal code.")]),
            near_miss("reads-out", "Reads out the address on file.", "nothing-told",
                      replace=[(HOW, f"{HOW} The address we have is {customer['email']}.")]),
        ],
    )  # fmt: skip


def solve(a: Worker, given: Given) -> Plan:
    yield from a.policy("privacy", "data export delete", title="Requests to export")
    yield from a.policy("privacy", "e-mail address order number", title="Whose account")
    if "from" in given:
        yield from a.article("identity checking account")
        yield from a.all("searchCustomers", email=given["from"])
        return (
            f"Hello,\n\n{NOT_KNOWN} {HOW} As soon "
            "as that is there, our privacy team takes the request and answers within 30 days.\n\nCorecraft support"
        )
    customer = yield from identified(a, given)
    accounts = yield from a.accounts(customer)
    orders: Rows = []
    for account in accounts:
        orders += yield from a.all("searchOrders", customer_id=account["id"])
    tickets = yield from a.all("getCustomerTicketHistory", customer_id=customer["id"], include_resolved=False)
    ticket = next(t for t in tickets if given["wish"] in t["body"])
    yield from a.policy("sla", "data request")
    what = "deletion" if given["wish"] in DELETION else "copy"
    yield from a.call(
        "createEscalation", ticket_id=ticket["id"], escalation_type="privacy_request", destination="privacy",
        notes=f"ASK: {what} of personal data for {' and '.join(c['id'] for c in accounts)}. FACTS: {customer['name']}, identified "
        f"by {given['reach']}, {len(orders)} orders on file. RULE: Requests to export or delete personal data. DUE: 30 days.",
    )  # fmt: skip
    asked = "to have your data deleted" if what == "deletion" else "for a copy of your data"
    last = max(orders, key=lambda o: o["created_at"])
    return (
        f"Hi {given['first']},\n\nyour request {asked} is noted. {PASSED} within 30 days. {SAFE}.\n\nAs to your question: there are "
        f"{_count(len(orders))} of yours with us in all, the last one placed on {spoken(a.day(last['created_at']))}.\n\n"
        "Corecraft support"
    )


def _relative(given: Given) -> bool:
    return "relative" in given


def _lookalike(given: Given) -> bool:
    return "from" in given and "relative" not in given


def _holder(given: Given) -> bool:
    return "from" not in given


WORDINGS = (
    Wording(
        "plain mail",
        "Subject: [personal data|data request]\n\nHello,\n\nI want {wish}. How long does that take and who does it?\n\nWhile you "
        "have me on the screen: how many orders have I placed with you altogether, from whichever e-mail address, and which day was "
        "the last?\n\n{name}\n{reach}",
        fits=_holder,
    ),
    Wording(
        "chat",
        "hi, {name} / {reach}\ni want {wish}, [when will that be done n by who|how long n who handles it]?\nalso whats my total no "
        "of orders with corecraft ever (might be under an older mail too) n the date of the latest one",
        fits=_holder,
    ),
    Wording(
        "angry",
        "After what I read in the paper this week I have had enough of shops and their databases. I want {wish}. [No questionnaires,"
        " no please-stay mails.|Spare me the please-stay mail.] Tell me who takes care of it and by when I have my answer. And for "
        "my own books: the number of orders that were ever placed by me, under any address, and the day of the most recent. {name}, "
        "{reach}",
        fits=_holder,
    ),
    Wording(
        "elderly writer",
        "Dear people of Corecraft, my granddaughter says I have the right to ask, so I do: I want {wish}. Who will see to it, and "
        "when may I expect word? She also asks how often I have ordered from you in all these years, [I believe I had another "
        "e-mail once|possibly with an older e-mail], and when I did so last. With kind regards, {name} ({reach})",
        fits=_holder,
    ),
    Wording(
        "legal tone",
        "I hereby state that I want {wish}. Kindly confirm which department is responsible and within what period I shall hear from "
        "it. Furthermore, please inform me of the total number of orders placed by me to date on any account of mine, and of the "
        "date of the latest of them.\n\n{name}\n{reach}",
        fits=_holder,
    ),
    Wording(
        "non-native",
        "Hello, here {name}, {reach}. I want {wish}. Please say who makes it and how many days. [One question more:|And another "
        "thing:] how many orders I made by you, all together, also with my old mail, and the day of the last order? Thank you",
        fits=_holder,
    ),
    Wording(
        "phone note",
        "[From the phones|Noted on the phone]: {name} ({reach}, matches) says \"I want {wish}\". There is a ticket from today. See it "
        "on its way as privacy rules have it and prepare the reply: who answers, until when. They also asked for the number of all "
        "their orders so far, over any accounts they have, and the day of the last one.",
        mode="copilot", fits=_holder,
    ),
    Wording(
        "relative, friendly",
        "From: {from}\nSubject: [a small favour|on behalf of {name}]\n\nHi,\n\nthis concerns the account of {name}; I'm {relative} "
        "and look after such things. We would like {wanted}. What do you need from us to get it going, and can you tell me in "
        "advance which address and phone number you have there?",
        fits=_relative,
    ),
    Wording(
        "relative, impatient",
        "From: {from}\n\nI am {relative} and I write for {name}, who has [no patience|no time] for this. Wanted: {wanted}. Please do "
        "it today, and send the e-mail address and postal code that are on file so that I can compare. If there is some formality "
        "in the way, say which.",
        fits=_relative,
    ),
    Wording(
        "relative, forwarded",
        "From: {from}\nTo: care@corecraft.example\n\nForwarding this because {name} asked me to ([I'm {relative}|{relative}, if you "
        "wonder]):\n\n> can you get me {wanted} at that computer shop\n\nGo ahead, please, or tell me exactly what has to happen "
        "first.",
        fits=lambda given: "relative" in given,
    ),
    Wording(
        "lookalike, plain",
        "From: {from}\nSubject: [privacy|my rights]\n\nHello Corecraft,\n\nI want {wish}. I am a customer, my name is {name}, you "
        "will find me. Please start right away and tell me what else you need, if anything.",
        fits=_lookalike,
    ),
    Wording(
        "lookalike, short",
        "From: {from}\n\n{name} here. I want {wish}. [Quickly please.|As soon as you can.] Missing something? Say what.",
        fits=_lookalike,
    ),
    Wording(
        "lookalike, talkative",
        "From: {from}\n\nGood evening, I have been a customer for quite a while and have always been content, [it is nothing "
        "personal|don't take it to heart], but this year I am tidying up my life online and so I want {wish}. You know me as "
        "{name}. If that is not enough to go on, please write what is.",
        fits=_lookalike,
    ),
)  # fmt: skip

FAMILY = Family(
    name="data-request",
    title="Export or deletion of personal data: passed to privacy within 30 days, refused to who is not known",
    category="workflow",
    main_level="adaptability",
    levels=("adaptability", "groundedness", "tool_use", "common_sense"),
    wordings=WORDINGS,
    find=find,
    rubric=rubric,
    solve=solve,
    rests_on=("pol-privacy-accounts", "pol-privacy-requests"),
)
