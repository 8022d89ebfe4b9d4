"""Each compatibility rule against real catalog products: one list that violates it, and one that just does not."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
import yaml

from enterprisegym.environments.corecraft import compatibility
from enterprisegym.environments.corecraft.compatibility import RULES, WARNINGS, Finding, check_parts, expand

CONTENT = Path(compatibility.__file__).parent / "content"


def load(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


CATALOG: dict[str, dict[str, Any]] = {
    product["id"]: product for path in sorted((CONTENT / "products").glob("*.yaml")) for product in load(path)
}
RULE_ROWS: dict[str, dict[str, Any]] = {row["id"]: row for row in load(CONTENT / "compatibility_rules.yaml")}
BUILDS = load(CONTENT / "builds.yaml")


def findings(items: Iterable[tuple[str, int]]) -> list[Finding]:
    return check_parts(expand(items, CATALOG.__getitem__))


def parse(text: str) -> list[tuple[str, int]]:
    """``"a b*2"`` as [(a, 1), (b, 2)]."""
    words = [word.partition("*") for word in text.split()]
    return [(product_id, int(quantity or 1)) for product_id, _, quantity in words]


def violated(text: str) -> set[str]:
    return {finding.rule_id for finding in findings(parse(text))}


def components(row: dict[str, Any]) -> list[tuple[str, int]]:
    return [(component["product_id"], component["quantity"]) for component in row["components"]]


CASES: dict[str, tuple[str, str]] = {
    "rule-cpu-socket": (
        "corvane-onyx-250 brightmoor-viaduct-z7",
        "corvane-onyx-250 brightmoor-viaduct-b9",
    ),
    "rule-one-cpu": (
        "halenine-meridian-660*2 quillandrook-parapet-b6",
        "halenine-meridian-660 quillandrook-parapet-b6",
    ),
    "rule-one-board": (
        "corvane-sable-5400 tesseraworks-mosaic-b7-d4 tesseraworks-mosaic-b7-d5",
        "corvane-sable-5400 tesseraworks-mosaic-b7-d4",
    ),
    "rule-board-cpu-power": (
        "corvane-sable-7600k quillandrook-rampart-h7",
        "corvane-sable-5400 quillandrook-rampart-h7",
    ),
    "rule-bios": (
        "halenine-meridian-680v quillandrook-parapet-b6",
        "halenine-meridian-680 quillandrook-parapet-b6",
    ),
    "rule-memory-type": (
        "stoneharbor-breakwater-ddr4-3200-2x16 quillandrook-rampart-h7-itx",
        "stoneharbor-breakwater-ddr4-3200-2x16 quillandrook-rampart-h7",
    ),
    "rule-memory-slots": (
        "latchkey-tumbler-ddr5-6000-1x32*3 brightmoor-causeway-a6",
        "latchkey-tumbler-ddr5-6000-1x32*2 brightmoor-causeway-a6",
    ),
    "rule-memory-capacity": (
        "stoneharbor-breakwater-ddr5-6400-2x48 quillandrook-rampart-h7-itx",
        "stoneharbor-breakwater-ddr5-6400-2x48 quillandrook-parapet-b6-itx",
    ),
    "rule-memory-speed": (
        "latchkey-tumbler-glow-ddr5-6400-2x16 quillandrook-parapet-b6",
        "latchkey-tumbler-glow-ddr5-6400-2x16 quillandrook-parapet-b6-itx",
    ),
    "rule-mixed-kits": (
        "stoneharbor-breakwater-ddr4-3200-2x8 stoneharbor-breakwater-ddr4-3200-1x16",
        "stoneharbor-breakwater-ddr4-3200-2x8*2",
    ),
    "rule-form-factor": (
        "tesseraworks-mosaic-x6e pinehollow-lodge-black",
        "tesseraworks-mosaic-x6e boxwright-freight",
    ),
    "rule-gpu-length": (
        "vortexlabs-tempest-8800-xl fieldhouse-paddock-mesh",
        "vortexlabs-tempest-8800 fieldhouse-paddock-mesh",
    ),
    "rule-cooler-height": (
        "coldharbor-pier-duo fieldhouse-paddock-mesh",
        "coldharbor-jetty-120 fieldhouse-stall-m",
    ),
    "rule-cooler-socket": (
        "briskwind-gale-360 halenine-meridian-480x",
        "coldharbor-fjord-360 halenine-meridian-480x",
    ),
    "rule-cooler-tdp": (
        "coldharbor-skiff-lp halenine-meridian-660x",
        "coldharbor-skiff-lp halenine-meridian-680",
    ),
    "rule-cooler-missing": (
        "halenine-meridian-680 quillandrook-parapet-b6 briskwind-draft-120",
        "halenine-meridian-660 quillandrook-parapet-b6 briskwind-draft-120",
    ),
    "rule-radiator-fit": (
        "coldharbor-fjord-280 boxwright-freight",
        "coldharbor-fjord-360 boxwright-freight",
    ),
    "rule-ram-clearance": (
        "coldharbor-pier-duo stoneharbor-breakwater-ddr4-3600-2x16",
        "coldharbor-pier-duo stoneharbor-breakwater-ddr5-6400-2x48",
    ),
    # (170 + 450 + 75) * 1.25 = 868.75; (105 + 450 + 75) * 1.25 = 787.5
    "rule-psu-wattage": (
        "halenine-meridian-690x vortexlabs-tempest-9900-xl steadystate-keel-850-gold-v3",
        "halenine-meridian-660x vortexlabs-tempest-9900-xl steadystate-keel-850-gold-v3",
    ),
    "rule-gpu-recommended-psu": (
        "vortexlabs-tempest-8800-xl steadystate-keel-650-bronze",
        "vortexlabs-tempest-8800-xl wattmark-slab-sfx-750",
    ),
    "rule-gpu-power-connectors": (
        "vortexlabs-tempest-9900 steadystate-keel-850-gold",
        "vortexlabs-tempest-9900 steadystate-keel-850-gold-v3",
    ),
    "rule-cpu-power-connectors": (
        "tesseraworks-mosaic-b7-d5 steadystate-keel-550-bronze",
        "tesseraworks-mosaic-b7-d5 steadystate-keel-650-bronze",
    ),
    "rule-psu-fit": (
        "steadystate-keel-550-bronze boxwright-crate-11",
        "wattmark-slab-sfx-750 boxwright-crate-20",
    ),
    "rule-m2-slots": (
        "datumline-sprint-g4-1tb*2 brightmoor-causeway-a6",
        "datumline-sprint-g4-1tb*2 quillandrook-parapet-b6",
    ),
    "rule-sata-ports": (
        "fathomdeep-trench-8tb*3 fathomdeep-sounder-1tb*2 tesseraworks-mosaic-z9",
        "fathomdeep-trench-8tb*3 fathomdeep-sounder-1tb tesseraworks-mosaic-z9",
    ),
    "rule-drive-bays": (
        "fathomdeep-trench-4tb*2 fathomdeep-sounder-1tb*3 fieldhouse-stall-m",
        "fathomdeep-trench-4tb fathomdeep-sounder-1tb*3 fieldhouse-stall-m",
    ),
    "rule-expansion-slots": (
        "northglass-aurora-50 longwire-heron-6e-card quillandrook-parapet-b6-itx",
        "northglass-aurora-50 longwire-heron-6e-card quillandrook-parapet-b6",
    ),
    "rule-display-output": (
        "halenine-meridian-640 brightmoor-causeway-a6 steadystate-keel-550-bronze",
        "halenine-meridian-660 brightmoor-causeway-a6 steadystate-keel-550-bronze",
    ),
}


@pytest.mark.parametrize("rule_id", CASES)
def test_rule_fires_on_the_violating_list_only(rule_id: str) -> None:
    violating, passing = CASES[rule_id]
    fired = [finding for finding in findings(parse(violating)) if finding.rule_id == rule_id]
    assert fired
    assert rule_id not in violated(passing)
    for finding in fired:
        assert finding.severity == RULE_ROWS[rule_id]["severity"]
        assert all(CATALOG[product_id]["name"] in finding.message for product_id in finding.product_ids)


def test_rules_in_words_and_in_code_are_the_same() -> None:
    assert list(RULE_ROWS) == list(RULES) == list(dict.fromkeys(RULES))
    assert {rule_id for rule_id, row in RULE_ROWS.items() if row["severity"] == "warning"} == WARNINGS
    assert set(CASES) == set(RULES)


@pytest.mark.parametrize(
    ("violating", "rule_id"),
    [
        ("corvane-sable-5400 latchkey-tumbler-ddr5-5600-2x8", None),
        ("halenine-meridian-460 latchkey-tumbler-ddr5-5600-2x8", "rule-memory-type"),
        ("wattmark-monolith-1600 pinehollow-lodge-black", "rule-psu-fit"),
        ("steadystate-keel-1000-platinum fieldhouse-paddock", None),
        ("vortexlabs-tempest-8800 pinehollow-cabin-mini-black", "rule-expansion-slots"),
        ("vortexlabs-tempest-8800-s pinehollow-cabin-mini-black", None),
        ("northglass-aurora-30*2 brightmoor-viaduct-b9", "rule-expansion-slots"),
        ("fathomdeep-trench-4tb boxwright-crate-11", "rule-drive-bays"),
        ("pyrelight-ember-9 vortexlabs-tempest-8600 wattmark-slab-sfx-750", "rule-gpu-power-connectors"),
    ],
)
def test_second_branch_of_a_rule(violating: str, rule_id: str | None) -> None:
    errors = violated(violating) - WARNINGS
    assert errors - {"rule-psu-wattage"} == ({rule_id} if rule_id else set())


@pytest.mark.parametrize(
    ("rule_id", "text", "limiting", "key", "limit"),
    [
        ("rule-gpu-length", "vortexlabs-tempest-8800 fieldhouse-paddock", "case", "gpu_max_length_mm", 304),
        ("rule-cooler-height", "coldharbor-jetty-120 fieldhouse-paddock", "case", "cooler_max_height_mm", 155),
        ("rule-cooler-tdp", "coldharbor-jetty-120 halenine-meridian-660x", "cooling", "tdp_rating_watts", 105),
        (
            "rule-ram-clearance",
            "coldharbor-pier-duo latchkey-tumbler-ddr5-6000-2x16",
            "cooling",
            "ram_clearance_mm",
            34,
        ),
        # (65 + 260 + 75) * 1.25
        (
            "rule-psu-wattage",
            "halenine-meridian-680 vortexlabs-tempest-8800 steadystate-keel-750-gold",
            "psu",
            "wattage",
            500,
        ),
    ],
)
def test_a_limit_exactly_met_passes(rule_id: str, text: str, limiting: str, key: str, limit: int) -> None:
    for value, fires in ((limit, False), (limit - 1, True)):
        parts = [
            ({**product, "specs": {**product["specs"], key: value}} if product["category"] == limiting else product, 1)
            for product, _ in expand(parse(text), CATALOG.__getitem__)
        ]
        assert (rule_id in {finding.rule_id for finding in check_parts(parts)}) is fires


@pytest.mark.parametrize(
    ("rule_id", "product_id", "quantity", "other"),
    [
        ("rule-memory-capacity", "stoneharbor-breakwater-ddr5-6400-2x48", 2, "quillandrook-parapet-b6-itx"),
        ("rule-psu-wattage", "northglass-aurora-70-pro", 2, "steadystate-keel-750-gold"),
        ("rule-gpu-power-connectors", "northglass-aurora-70-pro", 3, "steadystate-keel-1000-platinum"),
        ("rule-expansion-slots", "northglass-aurora-30", 3, "fieldhouse-stall-m"),
    ],
)
def test_quantity_counts(rule_id: str, product_id: str, quantity: int, other: str) -> None:
    assert rule_id in violated(f"{product_id}*{quantity} {other}")
    assert rule_id not in violated(f"{product_id}*{quantity - 1} {other}")


def test_wattage_message_rounds_the_need_up() -> None:
    found = findings(parse("halenine-meridian-690x vortexlabs-tempest-9900-xl steadystate-keel-850-gold-v3"))
    (message,) = (finding.message for finding in found if finding.rule_id == "rule-psu-wattage")
    assert message == (
        "Hale Nine Meridian 690X, Vortex Labs Tempest 9900 XL: the parts draw 695 W, so 869 W are needed; "
        "Steady State Keel 850 Gold v3 gives 850 W."
    )


def test_keel_cable_gives_a_plug_only_to_its_own_supplies() -> None:
    card, cable = "vortexlabs-tempest-9900", "steadystate-keel-12v-2x6-cable"
    rule_id = "rule-gpu-power-connectors"
    assert rule_id not in violated(f"{card} {cable} steadystate-keel-850-gold")
    assert rule_id in violated(f"{card} {cable} wattmark-monolith-850")
    assert rule_id in violated(f"{card} {cable} pyrelight-ember-9 steadystate-keel-850-gold")


def test_mount_kit_adds_am4_to_the_coolers_it_fits() -> None:
    cpu, kit = "halenine-meridian-480x", "coldharbor-am4-mount-kit"
    assert "rule-cooler-socket" in violated(f"{cpu} coldharbor-pier-duo")
    assert "rule-cooler-socket" not in violated(f"{cpu} coldharbor-pier-duo {kit}")
    assert "rule-cooler-socket" in violated(f"{cpu} briskwind-gale-360 {kit}")


def test_a_single_product_never_conflicts_with_itself() -> None:
    packages = {"prebuilt", "workstation", "bundle"}
    for product_id, product in CATALOG.items():
        if product["category"] not in packages:
            assert findings([(product_id, 1)]) == []


def test_expand_multiplies_and_adds_up() -> None:
    parts = expand([("corecraft-office-twin-screens", 3), ("lumenfold-pane-27q", 1)], CATALOG.__getitem__)
    assert [(product["id"], quantity) for product, quantity in parts] == [
        ("lumenfold-pane-27q", 7),
        ("longwire-dp-14-cable-2m", 6),
    ]
    with pytest.raises(KeyError):
        expand([("no-such-product", 1)], CATALOG.__getitem__)


def test_prebuilts_and_workstations_pass_every_rule() -> None:
    systems = [product for product in CATALOG.values() if product["category"] in ("prebuilt", "workstation")]
    assert len(systems) == 9
    for system in systems:
        assert findings([(system["id"], 1)]) == [], system["id"]


def test_bundle_prices_are_the_components_less_the_discount() -> None:
    for bundle in (product for product in CATALOG.values() if product["category"] == "bundle"):
        total = sum(CATALOG[product_id]["price_cents"] * quantity for product_id, quantity in components(bundle))
        discount = bundle["specs"]["discount"]
        if discount["type"] == "percent":
            expected = (total * (100 - discount["value"]) + 50) // 100
        else:
            expected = total - discount["value"]
        assert bundle["price_cents"] == expected, bundle["id"]
        assert 0.05 <= 1 - expected / total <= 0.18, bundle["id"]


@pytest.mark.parametrize("pattern", BUILDS["patterns"], ids=lambda pattern: pattern["key"])
def test_build_patterns_violate_exactly_what_they_say(pattern: dict[str, Any]) -> None:
    rule_ids = {finding.rule_id for finding in findings(components(pattern))}
    assert rule_ids == set(pattern["conflicts"])
    assert pattern["valid"] is not bool(pattern["conflicts"])


def test_internal_builds_pass_and_stand_behind_every_system() -> None:
    listed = [components(build) for build in BUILDS["internal"]]
    assert all(findings(parts) == [] for parts in listed)
    for product in CATALOG.values():
        if product["category"] in ("prebuilt", "workstation"):
            assert components(product) in listed, product["id"]
