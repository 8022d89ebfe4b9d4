"""The 28 compatibility rules as functions of catalog rows.

A list of parts is read as one computer. Every rule compares only parts that are present: a list without a
case says nothing about clearances. Rules about a missing part say which parts must be there before they speak.
The same rules stand in plain words in ``content/compatibility_rules.yaml``, under the same ids.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Product = Mapping[str, Any]
"""A row of ``products`` with its JSON columns decoded."""

Part = tuple[Product, int]
"""A product and how many of it."""

Problem = tuple[str, tuple[Product, ...]]
"""What is wrong, and the products it is wrong between."""

SYSTEM_BASE_WATTS = 75
"""Fans, drives, memory and board, in the wattage budget of ``rule-psu-wattage``."""

WATTAGE_HEADROOM_PERCENT = 125
"""The budget in percent of the parts' own watts: a quarter on top."""

PACKAGES = frozenset({"prebuilt", "workstation", "bundle"})


@dataclass(frozen=True)
class Finding:
    """One violated rule between named products."""

    rule_id: str
    severity: str
    message: str
    product_ids: tuple[str, ...]


@dataclass(frozen=True)
class PartList:
    """The parts of one computer, grouped by category on demand."""

    parts: tuple[Part, ...]

    def of(self, category: str) -> list[Part]:
        return [part for part in self.parts if part[0]["category"] == category]

    def products(self, category: str) -> list[Product]:
        return [product for product, _ in self.of(category)]

    def count(self, category: str) -> int:
        return sum(quantity for _, quantity in self.of(category))

    def pairs(self, first: str, second: str) -> Iterator[tuple[Product, Product]]:
        for one in self.products(first):
            for other in self.products(second):
                yield one, other

    def coolers(self) -> list[Product]:
        """Processor coolers: air and liquid, not case fans."""
        return [product for product in self.products("cooling") if product["specs"]["kind"] in ("air", "aio")]

    def accessories_with(self, key: str) -> list[Part]:
        return [part for part in self.of("accessory") if key in part[0]["specs"]]


def expand(items: Iterable[tuple[str, int]], lookup: Callable[[str], Product]) -> list[Part]:
    """Replace prebuilts, workstations and bundles by their components, adding up repeated products.

    Order is that of first appearance. Whatever ``lookup`` raises for an unknown id goes through.
    """
    products: dict[str, Product] = {}
    quantities: dict[str, int] = {}

    def add(product_id: str, quantity: int) -> None:
        product = lookup(product_id)
        if product["category"] in PACKAGES and product["components"]:
            for component in product["components"]:
                add(component["product_id"], component["quantity"] * quantity)
            return
        products[product_id] = product
        quantities[product_id] = quantities.get(product_id, 0) + quantity

    for product_id, quantity in items:
        add(product_id, quantity)
    return [(products[product_id], quantity) for product_id, quantity in quantities.items()]


def check_parts(parts: Sequence[Part]) -> list[Finding]:
    """Every violated rule, in the order of ``RULES``; packages must be expanded already."""
    part_list = PartList(tuple(parts))
    findings: dict[Finding, None] = {}
    for rule_id, rule in RULES.items():
        severity = "warning" if rule_id in WARNINGS else "error"
        for message, products in rule(part_list):
            findings[Finding(rule_id, severity, message, tuple(product["id"] for product in products))] = None
    return list(findings)


def _listed(words: Iterable[Any]) -> str:
    return ", ".join(str(word) for word in words) or "none"


# Processor and board


def cpu_socket(parts: PartList) -> Iterator[Problem]:
    for cpu, board in parts.pairs("cpu", "motherboard"):
        has, wants = board["specs"]["socket"], cpu["specs"]["socket"]
        if has != wants:
            yield f"{cpu['name']} needs socket {wants}; {board['name']} has {has}.", (cpu, board)


def one_cpu(parts: PartList) -> Iterator[Problem]:
    if (count := parts.count("cpu")) > 1:
        cpus = parts.products("cpu")
        yield f"{count} processors are listed ({_listed(cpu['name'] for cpu in cpus)}); a build takes 1.", tuple(cpus)


def one_board(parts: PartList) -> Iterator[Problem]:
    if (count := parts.count("motherboard")) > 1:
        boards = parts.products("motherboard")
        names = _listed(board["name"] for board in boards)
        yield f"{count} motherboards are listed ({names}); a build takes 1.", tuple(boards)


def board_cpu_power(parts: PartList) -> Iterator[Problem]:
    for cpu, board in parts.pairs("cpu", "motherboard"):
        draws, limit = cpu["specs"]["tdp_watts"], board["specs"]["max_cpu_tdp_watts"]
        if draws > limit:
            yield f"{cpu['name']} draws {draws} W; {board['name']} is rated for {limit} W.", (cpu, board)


def bios(parts: PartList) -> Iterator[Problem]:
    for cpu, board in parts.pairs("cpu", "motherboard"):
        version = board["specs"].get("min_bios_for", {}).get(cpu["id"])
        if version is not None:
            how = (
                "it can be updated by flashback, without a processor"
                if board["specs"]["bios_flashback"]
                else "it has no flashback, so an older supported processor or our bench must update it"
            )
            yield f"{cpu['name']} needs BIOS {version} or later on {board['name']}; {how}.", (cpu, board)


# Memory


def memory_type(parts: PartList) -> Iterator[Problem]:
    for kit, board in parts.pairs("memory", "motherboard"):
        is_type, takes = kit["specs"]["type"], board["specs"]["memory_type"]
        if is_type != takes:
            yield f"{kit['name']} is {is_type}; {board['name']} takes {takes}.", (kit, board)
    if parts.products("motherboard"):
        return
    for kit, cpu in parts.pairs("memory", "cpu"):
        is_type, supported = kit["specs"]["type"], cpu["specs"]["memory_types"]
        if is_type not in supported:
            yield f"{kit['name']} is {is_type}; {cpu['name']} supports {_listed(supported)}.", (kit, cpu)


def memory_slots(parts: PartList) -> Iterator[Problem]:
    modules = sum(kit["specs"]["modules"] * quantity for kit, quantity in parts.of("memory"))
    for board in parts.products("motherboard"):
        slots = board["specs"]["memory_slots"]
        if modules > slots:
            kits = parts.products("memory")
            names = _listed(kit["name"] for kit in kits)
            yield f"{names}: {modules} modules in all; {board['name']} has slots for {slots}.", (*kits, board)


def memory_capacity(parts: PartList) -> Iterator[Problem]:
    total = sum(kit["specs"]["capacity_gb"] * quantity for kit, quantity in parts.of("memory"))
    for board in parts.products("motherboard"):
        limit = board["specs"]["max_memory_gb"]
        if total > limit:
            kits = parts.products("memory")
            names = _listed(kit["name"] for kit in kits)
            yield f"{names}: {total} GB in all; {board['name']} takes at most {limit} GB.", (*kits, board)


def memory_speed(parts: PartList) -> Iterator[Problem]:
    for kit, board in parts.pairs("memory", "motherboard"):
        if kit["specs"]["type"] != board["specs"]["memory_type"]:
            continue
        speed, limit = kit["specs"]["speed_mhz"], board["specs"]["max_memory_mhz"]
        if speed > limit:
            yield f"{kit['name']} is rated {speed} MHz; {board['name']} runs it at {limit} MHz at most.", (kit, board)


def mixed_kits(parts: PartList) -> Iterator[Problem]:
    kits = parts.products("memory")
    if len({kit["id"] for kit in kits}) > 1:
        speeds = _listed(f"{kit['name']} at {kit['specs']['speed_mhz']} MHz" for kit in kits)
        yield f"Different memory kits are mixed: {speeds}.", tuple(kits)


# Case and cooling


def form_factor(parts: PartList) -> Iterator[Problem]:
    for board, case in parts.pairs("motherboard", "case"):
        form, takes = board["specs"]["form_factor"], case["specs"]["form_factors"]
        if form not in takes:
            yield f"{board['name']} is {form}; {case['name']} takes {_listed(takes)}.", (board, case)


def gpu_length(parts: PartList) -> Iterator[Problem]:
    for gpu, case in parts.pairs("gpu", "case"):
        length, room = gpu["specs"]["length_mm"], case["specs"]["gpu_max_length_mm"]
        if length > room:
            yield f"{gpu['name']} is {length} mm long; {case['name']} has room for {room} mm.", (gpu, case)


def cooler_height(parts: PartList) -> Iterator[Problem]:
    for cooler in parts.coolers():
        if cooler["specs"]["kind"] != "air":
            continue
        for case in parts.products("case"):
            height, room = cooler["specs"]["height_mm"], case["specs"]["cooler_max_height_mm"]
            if height > room:
                yield f"{cooler['name']} is {height} mm tall; {case['name']} has room for {room} mm.", (cooler, case)


def cooler_socket(parts: PartList) -> Iterator[Problem]:
    mounts = [kit["specs"] for kit, _ in parts.accessories_with("adds_socket")]
    for cooler in parts.coolers():
        sockets: list[str] = list(cooler["specs"]["sockets"])
        sockets += [mount["adds_socket"] for mount in mounts if cooler["id"] in mount["fits_coolers"]]
        for cpu in parts.products("cpu"):
            if cpu["specs"]["socket"] not in sockets:
                mounted = f"{cooler['name']} mounts on {_listed(sockets)}"
                yield f"{mounted}; {cpu['name']} is {cpu['specs']['socket']}.", (cooler, cpu)


def cooler_tdp(parts: PartList) -> Iterator[Problem]:
    for cooler in parts.coolers():
        for cpu in parts.products("cpu"):
            rated, draws = cooler["specs"]["tdp_rating_watts"], cpu["specs"]["tdp_watts"]
            if draws > rated:
                yield f"{cpu['name']} draws {draws} W; {cooler['name']} is rated for {rated} W.", (cpu, cooler)


def cooler_missing(parts: PartList) -> Iterator[Problem]:
    if parts.coolers() or not parts.products("motherboard"):
        return
    for cpu in parts.products("cpu"):
        if not cpu["specs"]["cooler_included"]:
            yield (
                f"{cpu['name']} comes without a cooler and none is listed for its {cpu['specs']['tdp_watts']} W.",
                (cpu,),
            )


def radiator_fit(parts: PartList) -> Iterator[Problem]:
    for cooler in parts.coolers():
        if cooler["specs"]["kind"] != "aio":
            continue
        for case in parts.products("case"):
            size, takes = cooler["specs"]["radiator_mm"], case["specs"]["radiator_mm"]
            if size not in takes:
                room = f"{_listed(takes)} mm" if takes else "no radiator"
                yield f"{cooler['name']} has a {size} mm radiator; {case['name']} takes {room}.", (cooler, case)


def ram_clearance(parts: PartList) -> Iterator[Problem]:
    for cooler in parts.coolers():
        if cooler["specs"]["kind"] != "air":
            continue
        for kit in parts.products("memory"):
            height, room = kit["specs"]["height_mm"], cooler["specs"]["ram_clearance_mm"]
            if height > room:
                yield f"{kit['name']} is {height} mm tall; {cooler['name']} leaves {room} mm for memory.", (kit, cooler)


# Power


def psu_wattage(parts: PartList) -> Iterator[Problem]:
    loads = [*parts.of("cpu"), *parts.of("gpu")]
    drawn = SYSTEM_BASE_WATTS + sum(product["specs"]["tdp_watts"] * quantity for product, quantity in loads)
    for psu in parts.products("psu"):
        wattage = psu["specs"]["wattage"]
        if drawn * WATTAGE_HEADROOM_PERCENT > wattage * 100:
            budget = math.ceil(drawn * WATTAGE_HEADROOM_PERCENT / 100)
            names = _listed(product["name"] for product, _ in loads)
            message = f"{names}: the parts draw {drawn} W, so {budget} W are needed; {psu['name']} gives {wattage} W."
            yield message, (*(product for product, _ in loads), psu)


def gpu_recommended_psu(parts: PartList) -> Iterator[Problem]:
    for gpu, psu in parts.pairs("gpu", "psu"):
        wants, wattage = gpu["specs"]["recommended_psu_watts"], psu["specs"]["wattage"]
        if wattage < wants:
            yield f"{gpu['name']} recommends {wants} W; {psu['name']} gives {wattage} W.", (gpu, psu)


def gpu_power_connectors(parts: PartList) -> Iterator[Problem]:
    gpus = parts.of("gpu")
    wants_8, wants_12v = (
        sum(gpu["specs"]["power_connectors"].get(plug, 0) * quantity for gpu, quantity in gpus)
        for plug in ("8-pin", "12V-2x6")
    )
    names = _listed(gpu["name"] for gpu, _ in gpus)
    for psu in parts.products("psu"):
        has_8, has_12v = psu["specs"]["pcie_8pin"], psu["specs"]["pcie_12v2x6"]
        for cable, quantity in parts.accessories_with("fits_psus"):
            if psu["id"] in cable["specs"]["fits_psus"]:
                used = min(quantity, max(0, wants_12v - has_12v))
                has_12v += used * cable["specs"]["provides"]["12V-2x6"]
                has_8 -= used * cable["specs"]["uses"]["8-pin"]
        for plug, wants, has in (("8-pin", wants_8, has_8), ("12V-2x6", wants_12v, has_12v)):
            if wants > has:
                message = f"{names}: {plug} plugs needed: {wants}; {psu['name']} has {max(has, 0)} free for graphics."
                yield message, (*(gpu for gpu, _ in gpus), psu)


def cpu_power_connectors(parts: PartList) -> Iterator[Problem]:
    for board, psu in parts.pairs("motherboard", "psu"):
        sockets = board["specs"]["cpu_power"]
        wants, has = len(sockets.split("+")), psu["specs"]["cpu_connectors"]
        if wants > has:
            wanted = f"{board['name']} has {wants} processor power sockets ({sockets})"
            yield f"{wanted}; {psu['name']} has {has} processor plug.", (board, psu)


def psu_fit(parts: PartList) -> Iterator[Problem]:
    for psu, case in parts.pairs("psu", "case"):
        form, takes = psu["specs"]["form"], case["specs"]["psu_form"]
        length, room = psu["specs"]["length_mm"], case["specs"]["psu_max_length_mm"]
        if form == "ATX" and takes == "SFX":
            yield f"{psu['name']} is {form}; {case['name']} takes {takes} only.", (psu, case)
        elif length > room:
            yield f"{psu['name']} is {length} mm long; {case['name']} has room for {room} mm.", (psu, case)


# Slots, ports and bays


def _drives(parts: PartList, key: str, value: str) -> list[Part]:
    return [part for part in parts.of("storage") if part[0]["specs"][key].startswith(value)]


def _total(parts: Iterable[Part]) -> int:
    return sum(quantity for _, quantity in parts)


def m2_slots(parts: PartList) -> Iterator[Problem]:
    drives = _drives(parts, "form", "M.2")
    for board in parts.products("motherboard"):
        slots = board["specs"]["m2_slots"]
        if (count := _total(drives)) > slots:
            names = _listed(drive["name"] for drive, _ in drives)
            message = f"{names}: M.2 drives in all: {count}; {board['name']} has slots for {slots}."
            yield message, (*(drive for drive, _ in drives), board)


def sata_ports(parts: PartList) -> Iterator[Problem]:
    drives = _drives(parts, "interface", "SATA")
    for board in parts.products("motherboard"):
        ports = board["specs"]["sata_ports"]
        if (count := _total(drives)) > ports:
            names = _listed(drive["name"] for drive, _ in drives)
            message = f"{names}: SATA drives in all: {count}; {board['name']} has ports for {ports}."
            yield message, (*(drive for drive, _ in drives), board)


def drive_bays(parts: PartList) -> Iterator[Problem]:
    large, small = _drives(parts, "form", "3.5in"), _drives(parts, "form", "2.5in")
    for case in parts.products("case"):
        bays_35, bays_25 = case["specs"]["bays_35"], case["specs"]["bays_25"]
        if (count := _total(large)) > bays_35:
            names = _listed(drive["name"] for drive, _ in large)
            message = f"{names}: 3.5-inch drives in all: {count}; {case['name']} has bays for {bays_35}."
            yield message, (*(drive for drive, _ in large), case)
        elif (count := _total(small)) > (free := bays_25 + bays_35 - _total(large)):
            names = _listed(drive["name"] for drive, _ in small)
            message = f"{names}: 2.5-inch drives in all: {count}; {case['name']} has bays left for {free}."
            yield message, (*(drive for drive, _ in small), case)


def expansion_slots(parts: PartList) -> Iterator[Problem]:
    gpus = parts.of("gpu")
    cards = [part for part in parts.of("networking") if part[0]["specs"].get("interface", "").startswith("PCIe")]
    slotted = [*gpus, *cards]
    products = tuple(product for product, _ in slotted)
    names = _listed(product["name"] for product in products)
    for board in parts.products("motherboard"):
        long_slots, short_slots = board["specs"]["pcie_x16_slots"], board["specs"]["pcie_x1_slots"]
        if (count := _total(gpus)) > long_slots:
            message = f"{names}: graphics cards in all: {count}; {board['name']} has x16 slots for {long_slots}."
            yield message, (*products, board)
        elif (count := _total(slotted)) > long_slots + short_slots:
            message = f"{names}: cards in all: {count}; {board['name']} has PCIe slots for {long_slots + short_slots}."
            yield message, (*products, board)
    width = sum(math.ceil(product["specs"]["slots_wide"]) * quantity for product, quantity in slotted)
    for case in parts.products("case"):
        if width > (slots := case["specs"]["expansion_slots"]):
            yield f"{names}: {width} slots wide in all; {case['name']} has {slots}.", (*products, case)


def display_output(parts: PartList) -> Iterator[Problem]:
    if parts.products("gpu") or not (parts.products("motherboard") and parts.products("psu")):
        return
    for cpu in parts.products("cpu"):
        if not cpu["specs"]["integrated_graphics"]:
            yield f"{cpu['name']} has no graphics and 0 graphics cards are listed: no picture.", (cpu,)


RULES: dict[str, Callable[[PartList], Iterator[Problem]]] = {
    "rule-cpu-socket": cpu_socket,
    "rule-one-cpu": one_cpu,
    "rule-one-board": one_board,
    "rule-board-cpu-power": board_cpu_power,
    "rule-bios": bios,
    "rule-memory-type": memory_type,
    "rule-memory-slots": memory_slots,
    "rule-memory-capacity": memory_capacity,
    "rule-memory-speed": memory_speed,
    "rule-mixed-kits": mixed_kits,
    "rule-form-factor": form_factor,
    "rule-gpu-length": gpu_length,
    "rule-cooler-height": cooler_height,
    "rule-cooler-socket": cooler_socket,
    "rule-cooler-tdp": cooler_tdp,
    "rule-cooler-missing": cooler_missing,
    "rule-radiator-fit": radiator_fit,
    "rule-ram-clearance": ram_clearance,
    "rule-psu-wattage": psu_wattage,
    "rule-gpu-recommended-psu": gpu_recommended_psu,
    "rule-gpu-power-connectors": gpu_power_connectors,
    "rule-cpu-power-connectors": cpu_power_connectors,
    "rule-psu-fit": psu_fit,
    "rule-m2-slots": m2_slots,
    "rule-sata-ports": sata_ports,
    "rule-drive-bays": drive_bays,
    "rule-expansion-slots": expansion_slots,
    "rule-display-output": display_output,
}

WARNINGS = frozenset(
    {
        "rule-board-cpu-power",
        "rule-bios",
        "rule-memory-speed",
        "rule-mixed-kits",
        "rule-cooler-tdp",
        "rule-cooler-missing",
        "rule-ram-clearance",
        "rule-gpu-recommended-psu",
        "rule-cpu-power-connectors",
    }
)
"""Rules that caution; all the others are errors, and the parts cannot be used together."""
