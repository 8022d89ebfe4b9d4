"""A fault with a product somebody owns: the steps of the right article, and what happens if they do not help."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from enterprisegym.environments.corecraft.agents import NotFoundError, Plan, Worker, spoken
from enterprisegym.environments.corecraft.agents.steps import order_details, warranty_answer
from enterprisegym.environments.corecraft.families.family import Family, Given, Rubric, Situation, Wording
from enterprisegym.environments.corecraft.families.records import Records
from enterprisegym.environments.corecraft.families.rubrics import (
    Check,
    choice,
    criterion,
    day,
    incoming_ticket,
    near_miss,
    readable,
    says,
    settled,
    stable,
)
from enterprisegym.environments.corecraft.policies import rules
from enterprisegym.world import Row


@dataclass(frozen=True)
class Fact:
    """Something the article says: where it stands, how it is told, phrases that state it and that state another."""

    tells: str
    pattern: str
    sentence: str
    right: tuple[str, ...]
    wrong: tuple[str, ...]
    instead: str = ""

    def check(self) -> Check:
        return choice("right", {"right": self.right, "wrong": self.wrong}) if self.wrong else says(self.right)

    def told(self, body: str) -> str:
        """The sentence with what the text says; raises NotFoundError when it says nothing on it."""
        found = re.search(self.pattern, body)
        if found is None:
            raise NotFoundError(f"nothing on {self.tells!r}")
        return self.sentence.format(found[1] if found.groups() else found[0])

    def mistold(self) -> str:
        return self.sentence.format(self.instead or self.wrong[0])


@dataclass(frozen=True)
class Fault:
    """A fault, the article that settles it, and how people describe it (two ways) and ask."""

    article: str
    products: tuple[str, ...]
    query: str
    troubles: tuple[str, str]
    wish: str
    facts: tuple[Fact, Fact]


SPRINT_5 = ("datumline-sprint-g5-1tb", "datumline-sprint-g5-2tb", "datumline-sprint-g5-4tb")
LEDGERS = ("tapwright-ledger-tkl", "tapwright-ledger-full")
FAULTS = (
    Fault(
        "kb-0116", ("vortexlabs-tempest-8800",), "tempest vbios fan",
        ("the little light next to the power sockets blinks fast and the right-hand fan stands still",
         "one fan never starts again after idling and a small light at the power end of the card flickers quickly"),
        "what the fast blinking stands for and which VBIOS version cures the fan",
        (Fact("what fast blinking means", r"(power-stage over-temperature)", "Fast blinking means {0}.",
              ("power stage*", "over temperature of the power", "overheating power"), ("hot memory", "memory is hot"),
              "hot memory"),
         Fact("that VBIOS 95.02.18 cures the fan", r"Fixed in VBIOS \*\*([\d.]+)\*\*",
              "The fan is cured by VBIOS {0} (from our product page; Tempest Control > About shows what is on the "
              "card).",
              ("95.02.18",), ("95.04.07", "95.04.02"))),
    ),
    Fault(
        "kb-0137", ("vortexlabs-tempest-8800-xl",), "tempest vbios fan",
        ("the small light near the power plug blinks fast and a fan does not come back after idling",
         "after an idle hour one fan stays still, and the light at the end of the card flashes quickly"),
        "what the fast blinking stands for and which VBIOS version cures the fan",
        (Fact("what fast blinking means", r"blinking fast:\*\* (hot memory)", "Fast blinking means {0}, over 98 °C.",
              ("hot memory", "memory is hot", "memory ... hot", "memory temperature", "memory over"),
              ("power-stage over-temperature", "power stages are hot"), "power-stage over-temperature"),
         Fact("that the fan needs VBIOS 95.04.07", r"needs VBIOS \*\*([\d.]+)\*\*",
              "The fan needs VBIOS {0} or later; start the updater as administrator.", ("95.04.07",), ("95.02.18",))),
    ),
    Fault(
        "kb-0120", ("quillandrook-parapet-b6",), "parapet bios meridian",
        ("with a Meridian 680V in it the screen stays black, fans at full speed, and a debug light is on for ever",
         "I moved to a Meridian 680V and since then no picture, no beep, only the fans roar"),
        "which BIOS you recommend for that processor and whether the board has a button to flash it by itself",
        (Fact("that BIOS F14 is recommended", r"Meridian 680V \| \*\*F12\*\* \| (F14)",
              "For a Meridian 680V we recommend BIOS {0}; F12 is the first that starts it.", ("F14",), ("F16",)),
         Fact("that the board has no flash button", r"has no (flash button)",
              "This board has no {0}: an older processor or our bench has to write it.",
              ("no flash button", "not have a flash button", "without a flash button", "lacks a flash button",
               "no button", "no BIOS flash button", "no ... flash button", "not have ... button",
               "not ... flash button"),
              ("hold the flash button", "hold the button", "button at the back"),
              "need of an older chip, hold the button at the back")),
    ),
    Fault(
        "kb-0143", ("quillandrook-parapet-b6-itx",), "parapet bios meridian",
        ("a Meridian 680V in it gives a black screen and I have no older chip",
         "no picture since a Meridian 680V went in, and an older processor to update with is not in the house"),
        "which BIOS you recommend and for how many seconds its flash button is held",
        (Fact("that BIOS F16 is recommended", r"Recommended: \*\*(F16)\*\*", "We recommend BIOS {0}.", ("F16",),
        ("F14",)),
         Fact("that the button is held for 6 seconds", r"Hold the button for \*\*(\d+) seconds",
              "Hold the flash button for {0} seconds, with the file named PARAITX.BIN on a FAT32 stick.",
              ("6 seconds", "six seconds", "6 s", "6s"), ("3 seconds", "10 seconds"))),
    ),
    Fault(
        "kb-0121", ("brightmoor-causeway-x6",), "causeway slow-boot",
        ("every single start takes about a minute until the logo comes",
         "it needs a minute or so each morning before anything shows, and it's not only the first start"),
        "from which BIOS version the fix is there and which settings to switch",
        (Fact("that BIOS F11 or newer is needed", r"BIOS \*\*(F11)\*\*", "Update to BIOS {0} or newer.", ("F11",),
        ("F4",)),
         Fact("that Context Restore and Power Down Mode are both enabled", r"(Context Restore)",
              "Under Memory set {0} and Power Down Mode to Enabled, both of them.",
              ("Context Restore",), ("Fast Retrain",))),
    ),
    Fault(
        "kb-0151", ("brightmoor-causeway-x6-pro",), "causeway slow-boot",
        ("each start takes almost a minute to the logo",
        "it sits there counting codes for most of a minute every time"),
        "from which BIOS version the fix is there and which setting to switch",
        (Fact("that BIOS F4 or newer is needed", r"\*BIOS (F4) or newer", "It takes BIOS {0} or newer.", ("F4",),
        ("F11",)),
         Fact("that Fast Retrain goes to Level 2", r"Fast Retrain = (Level 2)",
              "Del > Tuning > DRAM Timings, last page: set Fast Retrain to {0}.",
              ("Level 2",), ("Context Restore",), "Level 1 and Context Restore to Enabled")),
    ),
    Fault(
        "kb-0142", ("brightmoor-causeway-x6-pro",), "causeway flashback recovery",
        ("a BIOS update broke off and now the board does not start at all",
         "since a failed firmware update it is dead, and I'd like to write the BIOS by the button"),
        "which BIOS version to put on the stick and how the stick must be formatted",
        (Fact("that the version to write is F5 or later", r"\*\*Version:\*\* (F5)",
              "Put BIOS {0} or later on the stick.", ("F5",), ("BIOS F2", "version F2", "CX6PRO F2*")),
         Fact("that the stick is FAT32", r"(FAT32)", "It must be a USB 2.0 stick, formatted {0}.", ("FAT32",),
         ("exFAT",))),
    ),
    Fault(
        "kb-0122", ("datumline-sprint-g4-2tb",), "sprint firmware sleep",
        ("after sleep the PC says there is no boot device, and only a full power cycle brings the drive back",
         "it vanishes now and then when the PC wakes up; switching everything off brings it back"),
        "which firmware cures it and whether to restart or shut down afterwards",
        (Fact("that firmware SG4.1.06 cures it", r"Drives with \*\*([\w.]+)\*\* don't", "Firmware {0} cures it.",
              ("SG4.1.06",), ("H2.0.5",)),
         Fact("that the PC is shut down, not restarted, after the update", r"plus a \*(shutdown)\*",
              "After the update do a {0} of the PC.",
              ("shut down", "shutdown", "power off", "power ... off", "turn ... off", "switch ... off"),
              ("do a restart", "restart afterwards", "needs a restart", "wants a restart"), "needs a restart")),
    ),
    Fault(
        "kb-0124", ("steadystate-keel-850-gold",), "keel modular-cables",
        ("it clicks off the moment a game starts, and I have a bag of cables of unknown origin",
         "the PC dies with a click as soon as a game loads; the SATA lead I use may be from another unit"),
        "what part number the right SATA cable for it has and which PCIe sockets to use for a hungry card",
        (Fact("that the SATA cable is KC-06A", r"SATA / Molex 6-pin \| (KC-06A)",
        "The SATA cable for this unit is {0}.",
              ("KC 06A", "KC06A"), ("KC 06C", "KC06C")),
         Fact("that the PCIe sockets on the outer row are to be used", r"on the \*(outer)\* row",
              "For a card that peaks high use the two PCIe sockets on the {0} row.", ("outer",),
              ("inner row is right",),
              "lower row, the inner row is right,")),
    ),
    Fault(
        "kb-0166", ("steadystate-keel-850-gold-v3",), "keel modular-cables",
        ("it restarts two or three seconds into every game and I am unsure about the cables I use",
         "the machine cuts out when a game loads; some of my cables come from an older unit"),
        "what part number the right SATA cable for it has and which cable belongs into its own 12V-2x6 socket",
        (Fact("that the SATA cable is KC-06C", r"(KC-06C) SATA", "The SATA cable for this unit is {0}.",
              ("KC 06C", "KC06C"), ("KC 06A is", "KC06A is", "cable for this unit is KC 06A"), "KC-06A"),
         Fact("that the 12V-2x6 socket takes cable KC-16C", r"cable (KC-16C)",
              "Its own 12V-2x6 socket takes cable {0}; see that it sits fully home on the supply side.",
              ("KC 16C", "KC16C"), ("KC 12A", "KC12A"), "KC-12A")),
    ),
    Fault(
        "kb-0126", ("coldharbor-fjord-360",), "fjord pump-noise",
        ("the pump hums along with the case at one speed, and it rattles too",
         "there is a rattle from the pump and at one certain speed the whole panel sings"),
        "after how many hours of use a rattle counts and to what percentage the pump is set against the hum",
        (Fact("that a rattle counts after 48 hours of use", r"after \*\*(\d+) hours",
        "A rattle counts after {0} hours of use.",
              ("48 hours", "48 h", "two days", "48-hour"), ("24 hours", "24 h", "24-hour")),
         Fact("that the pump is set to 85 % against the hum", r"Set the pump to (\d+) %",
         "Against the hum set the pump to {0} %.",
              ("85", "85%", "85 percent"), ("90", "90%", "90 percent"))),
    ),
    Fault(
        "kb-0141", ("coldharbor-fjord-240",), "fjord pump-noise",
        ("the pump rattles and the case hums with it",
        "a high-pitched hum comes and goes with the pump, and some rattling"),
        "after how many hours of use a rattle counts and to what percentage the pump is set against the hum",
        (Fact("that a rattle counts after 24 hours of use", r"given \*\*(\d+) hours",
        "A rattle counts after {0} hours of use.",
              ("24 hours", "24 h", "one day", "24-hour"), ("48 hours", "48 h", "48-hour")),
         Fact("that the pump is set to 90 % against the hum", r"Set the pump to \*\*(\d+) %",
              "Against the hum set the pump to {0} %.", ("90", "90%", "90 percent"), ("set the pump to 85",))),
    ),
    Fault(
        "kb-0157", ("coldharbor-fjord-240", "coldharbor-fjord-360"), "fjord am5 torque",
        ("on my AM5 board one half of the chip runs over ten degrees hotter, I suppose I mounted it wrong",
         "temperatures are uneven on AM5 and I want to mount it afresh, properly this time"),
        "whether the board's own backplate stays or comes off and how tight the AM5 stand-offs go",
        (Fact("that the board's own backplate stays on", r"backplate \*\*(stays on)\*\*",
        "The board's own backplate {0}.",
              ("stays", "stay on", "keep", "leave", "remains", "not remove*"), ("comes off", "take it off",
              "remove the"),
              "comes off"),
         Fact("that the AM5 stand-offs go in at 0.6 N·m", r"AM5, (0\.6) N",
              "The four stand-offs marked AM5 go in at {0} N·m; the arrow of the bracket points to the memory.",
              ("0.6",), ("1.2 N", "1.2Nm", "at 1.2"), "1.2")),
    ),
    Fault(
        "kb-0148", SPRINT_5, "sprint g5 firmware console",
        ("writing got terribly slow since the drive is nearly full",
        "write speed falls to 300 MB/s now that little space is left"),
        "which firmware is the current one and which version of the Console installs it",
        (Fact("that firmware 5G.2.31 is current", r"4TB: ([\w.]+)\*\*", "The current firmware is {0}.",
              ("5G.2.31",), ("current firmware is 5G.1.19", "recommended version is 5G.1.19",
              "5G.1.19 is the recommended"),
              "5G.1.19"),
         Fact("that DatumLine Console 4.2 or later installs it", r"Console ([\d.]+) or later",
              "Install it with DatumLine Console {0} or later, and restart twice.", ("4.2",), ("Console 3.8",
              "version 3.8"), "3.8")),
    ),
    Fault(
        "kb-0128", ("lumenfold-pane-27q",), "pane firmware reset",
        ("it is stuck at 60 Hz by DisplayPort and the menu froze on me as well",
         "Windows offers nothing above 60 Hz and now the on-screen menu hangs"),
        "which entry in its menu frees the higher rates and how many seconds a factory reset takes at the joystick",
        (Fact("that DP version is set to 1.4", r"DP version > \*\*([\d.]+)\*\*",
        "Menu > System > DP version: set it to {0}.",
              ("1.4",), ("Overclock",), "Overclock On"),
         Fact("that the joystick is held for 8 seconds", r"hold (\d+) seconds",
              "Factory reset: power off, hold the joystick down, plug in the mains and hold {0} seconds.",
              ("8 seconds", "eight seconds", "8 s", "8s"), ("12 seconds", "12 s"))),
    ),
    Fault(
        "kb-0130", ("otterandfinch-dart-wireless",), "dart pairing",
        ("it blinks blue and the pointer doesn't move any more",
        "the mouse lost its receiver: blue blinking, no pointer"),
        "for how many seconds which buttons are held to pair it, and the article number of a spare receiver",
        (Fact("that the buttons are held for 4 seconds", r"for \*\*(\d+) seconds\*\*",
              "Switch it on while holding left, right and wheel for {0} seconds, then put it within 10 cm of the "
              "receiver.",
              ("4 seconds", "four seconds", "4 s", "4s"), ("7 seconds", "7 s")),
         Fact("that a spare receiver is DRX-21", r"article \*\*(DRX-21)\*\*", "A spare receiver is article {0}.",
              ("DRX 21", "DRX21"), ("DRX 44", "DRX44"))),
    ),
    Fault(
        "kb-0146", ("otterandfinch-dart-pro",), "dart pairing",
        ("the dongle does not see it any more", "it won't connect to its dongle since I swapped PCs"),
        "for how many seconds the pairing button is held, and the article number of a spare dongle",
        (Fact("that the pin button is held for 7 seconds", r"for \*\*(\d+) seconds\*\*",
              "Hold the pin button on the underside for {0} seconds until the light is purple, then plug in the "
              "dongle.",
              ("7 seconds", "seven seconds", "7 s", "7s"), ("4 seconds", "4 s")),
         Fact("that a spare dongle is DRX-44", r"Spare part \*\*(DRX-44)\*\*", "A spare dongle is part {0}.",
              ("DRX 44", "DRX44"), ("DRX 21", "DRX21"))),
    ),
    Fault(
        "kb-0132", ("fathomdeep-trench-8tb",), "trench smart",
        ("it tocks twice every few minutes when idle, and SMART counts some reallocated sectors",
         "a soft double knock now and then, and the tool shows a handful of reallocated sectors"),
        "whether that tock is normal and above how many reallocated sectors you replace this model",
        (Fact("that the double tock at idle is normal", r"\*\*(Normal)\*\*",
        "The soft double tock at idle is {0}: recalibration.",
              ("normal", "harmless", "recalibration", "not a defect", "no defect"), ("not normal", "failing"),
              "not normal"),
         Fact("that it is replaced above 8 reallocated sectors", r"\*\*over (\d+)\*\*",
              "This model is replaced at over {0} reallocated sectors.",
              ("over 8", "above 8", "more than 8", "exceed* 8", "beyond 8", "> 8", "over eight", "more than eight",
              "above eight",
               "at 9", "9 or more"), ("over 24", "above 24", "more than 24", "exceed* 24"), "24")),
    ),
    Fault(
        "kb-0158", LEDGERS, "ledger factory-reset",
        ("the Windows key is dead and the lights are stuck on one colour",
        "the number row types wrong characters and Fn is inverted"),
        "which key combination starts the reset and how the board shows that it worked",
        (Fact("that Fn and Backspace start the reset", r"\*\*Fn \+ (Backspace)\*\*",
        "Hold Fn and {0} for 5 seconds, then press R.",
              ("Backspace",), ("Esc and Fn", "Fn and Esc", "Esc Fn", "Fn Esc"), "Esc"),
         Fact("that three white flashes show it", r"Three (white flashes)", "Three {0} mean that it is done.",
              ("three white flash*", "3 white flash*", "three ... white", "flash* white three times",
              "flash* three times"),
              ("logo turns red", "red logo", "turns red"), "seconds until the logo turns red")),
    ),
    Fault(
        "kb-0163", ("meshwell-hearth", "meshwell-hearth-3-pack"), "hearth reset",
        ("it stays amber and the app does not find it any more", "I cannot get into it since the move, all amber"),
        "how long to hold the reset to erase everything and at which address to log in without the app",
        (Fact("that the reset is held for 15 seconds", r"\*\*(\d+) seconds\*\*\*",
        "Hold the reset hole for {0} seconds.",
              ("15 seconds", "fifteen seconds", "15 s", "15s"), ("for 5 seconds", "five seconds"), "5"),
         Fact("that the login is at hearth.local or 192.168.77.1", r"(hearth\.local or 192\.168\.77\.1)",
              "Without the app log in at {0}.", ("hearth.local", "192.168.77.1"), ("192.168.1.1",))),
    ),
    Fault(
        "kb-0140", ("quillandrook-rampart-h7",), "rampart beep",
        ("five short beeps after I put a new ten-core processor in, no picture",
        "it beeps five times, short, with the new ten-core chip"),
        "what five short beeps stand for and which BIOS such a chip needs",
        (Fact("that five short beeps mean the processor", r"5 short \| (processor)",
        "Five short beeps stand for the {0}.",
              ("processor*", "cpu"), ("battery", "display memory", "no graphics"), "RTC battery"),
         Fact("that it needs BIOS 7H.30", r"BIOS \*\*(7H\.30)\*\*", "A ten-core chip needs BIOS {0}.", ("7H.30",),
         ("F14", "7H.20"), "7H.20")),
    ),
    Fault(
        "kb-0150", ("tapwright-ledger-75-wireless",), "ledger bluetooth",
        ("it pairs by Bluetooth and then types nothing, and by radio the first letters go missing after a pause",
         "Bluetooth shows it twice but no letter arrives; also there is a lag after a break"),
        "which of its two Bluetooth entries is the right one and which keys change the sleep timer",
        (Fact("that the LE entry is the right one", r"The right one is \*\*(LE)\*\*",
              "Delete both entries, pair again and pick {0}.", ("LE", "Ledger75-W LE"), ("without LE",
              "pick the plain"),
              "the plain one"),
         Fact("that Fn + S cycles the sleep timer", r"(Fn \+ S)\b", "{0} cycles the sleep timer.", ("Fn S", "Fn+S",
         "Fn and S"),
              ("Fn 4", "Fn + 4", "Fn D"), "Fn + D")),
    ),
    Fault(
        "kb-0153", ("longwire-heron-6e-card",), "heron bluetooth missing",
        ("Wi-Fi works but there is no Bluetooth anywhere", "Windows shows Wi-Fi from it and no trace of Bluetooth"),
        "where the little Bluetooth cable goes and from which driver package on it keeps working",
        (Fact("that the cable goes to an internal USB 2.0 header", r"(internal USB 2\.0 header)",
        "Plug the little cable into a free {0}.",
              ("USB 2.0 header", "USB 2 header", "internal USB", "F_USB", "JUSB"), ("fan header", "rear USB port"),
              "fan header"),
         Fact("that package HRN-6E 22.6 or later is needed", r"\*\*(22\.6)\*\* or later",
         "Use package HRN-6E {0} or later.",
              ("22.6",), ("package 22.4", "HRN-6E 22.4"), "22.4")),
    ),
    Fault(
        "kb-0177", ("briskwind-draft-hub-8",), "draft hub rpm",
        ("the board shows 0 rpm for it and reports a fan error",
        "firmware complains of a fan error though all fans on it spin"),
        "which of its sockets has to be occupied and at what percentage the floor of the fan curve should be",
        (Fact("that socket 1 has to be occupied", r"\*\*(socket 1)\*\*",
        "It reports only {0}, so that one has to be occupied.",
              ("socket 1", "socket one", "first socket", "port 1"), ("socket 8", "any socket"), "socket 8"),
         Fact("that the floor of the curve is 20 %", r"floor to (\d+)",
         "Set the floor of the curve to {0} %; Draft fans stop below 18 %.",
              ("20", "20%"), ("floor to 18", "floor of the curve to 18", "floor to 30", "curve to 30"), "30")),
    ),
    Fault(
        "kb-0181", ("pyrelight-ember-5-lp",), "ember bracket",
        ("I want the short bracket on it and already stripped one of the T6 screws",
         "changing it to the low-profile bracket went wrong, a T6 screw is stripped"),
        "how many screws hold the bracket, what the spare screw bag is called and whether doing this costs me the "
        "warranty",
        (Fact("that three screws hold the bracket", r"\*\*(three)\*\* screws",
        "The bracket is held by {0} screws, two T6 and one Phillips.",
              ("three", "3 screws"), ("four screws", "two screws hold"), "four"),
         Fact("that the screw bag is PB-LP3", r"\*\*(PB-LP3)\*\*",
              "We send you the screw bag {0}; doing this yourself does not touch the warranty.",
              ("PB LP3", "PB LP-3", "PBLP3"), ("PB LP5", "DRX 21"), "PB-LP5")),
    ),
    Fault(
        "kb-0164", ("corecraft-foundry-500",), "foundry sleep hybrid",
        ("it does not wake from sleep, fans on and the screen black",
        "after sleep only the power button helps, the screen stays dark"),
        "which Windows sleep feature causes it and from which image number on this is off by default",
        (Fact("that hybrid sleep causes it", r"(hybrid sleep)",
        "The cause is {0}; switch it off with powercfg as administrator.",
              ("hybrid sleep", "hybridsleep"), ("fast startup is the cause", "the cause is fast startup"),
              "fast startup"),
         Fact("that image CC-25.06 or later has it off", r"\*\*(CC-25\.06)\*\*",
         "Machines with image {0} or later have it off by default.",
              ("CC-25.06",), ("CC-25.01", "CC-24.06"), "CC-24.06")),
    ),
)  # fmt: skip
BY_ARTICLE = {fault.article: fault for fault in FAULTS}


def find(world: Records, rng: random.Random) -> Iterator[Situation]:
    for fault in FAULTS:
        for product_id in fault.products:
            for order in sorted({line["order_id"] for line in world.of("order_lines", "product_id", product_id)}):
                yield from _situation(world, fault, world.order(order), world.product(product_id))


def _situation(world: Records, fault: Fault, order: Row, product: Row) -> Iterator[Situation]:
    customer = world.customer(order["customer_id"])
    came = world.delivered_on(order, product["id"])
    taken = {i["product_id"] for r in world.returns(order["id"]) for i in r["items"]}
    owned = [
        x for o in world.orders_of(customer["id"]) for x in world.lines(o["id"]) if x["product_id"] == product["id"]
    ]
    if order["status"] != "fulfilled" or came is None or len(owned) != 1 or product["id"] in taken:
        return
    if world.traps_on(customer["id"], among=("namesake", "duplicate_account")):
        return
    settle = stable(order["id"], product["id"], fault.article, below=2) == 0
    contact = world.contact(customer)
    trouble = fault.troubles[stable(order["id"], fault.article, below=2)]
    number = 900 + stable(product["id"], order["id"], fault.article, below=100)
    ticket = {"ticket": f"tick-251115-{number}"} if settle else {}
    name = world.called(product)
    body = f"Hello, about my {name}: {trouble}. Please tell me {fault.wish}, and what happens if that does not help."
    planted = incoming_ticket(number, customer["id"], f"{name}: trouble", body, "troubleshooting", order["id"])
    traps = [
        *world.traps_on(
            customer["id"], product["id"], among=("brand_spelling",) if settle else ("contact_format", "brand_spelling")
        )
    ]
    if {"contact_format", "brand_spelling"} <= set(traps):  # one probe falls for both: neither could be told to bite
        return
    for trap in ("stale_article", "sibling_article"):
        marks = world.marks(trap)
        if any(m.get("current", m.get("right")) == fault.article for m in marks):
            traps += [trap]
    if rules.within_days(came, world.today, rules.DOA_DAYS):
        traps += ["superseded_policy"]
    yield Situation(
        key={
            "customer": customer["id"],
            "order": order["id"],
            "product": product["id"],
            "article": fault.article,
            **ticket,
        },
        given={
            **(ticket or contact),
            "name": customer["name"],
            "first": customer["name"].split()[0],
            "product": name,
            "trouble": trouble,
            "wish": fault.wish,
        },
        traps=tuple(traps),
        difficulty=2 + settle + ("sibling_article" in traps or "stale_article" in traps) + ("phone" in contact),
        setup=(planted,) if settle else (),
    )


def _case(world: Records, order: Row, product: Row) -> tuple[str, date, date, date]:
    """Who takes care of it (see `warranty_answer`), when it came, the last days as DOA and of the warranty."""
    came = world.delivered_on(order, product["id"]) or world.placed_on(order)
    policy = world.get("warranty_policies", product["warranty_policy_id"])
    status = rules.warranty_status(order, world.shipments(order["id"]), product, policy, world.today)
    if rules.within_days(came, world.today, rules.DOA_DAYS):
        who = "doa"
    else:
        who = status.handled_by or "expired"
    return who, came, came + timedelta(days=rules.DOA_DAYS), status.ends_on or came


OURS = ("we handle", "we take", "we will handle", "we will take", "handled by us", "handled by Corecraft", "through us",
               "through Corecraft", "with us", "with Corecraft", "Corecraft handles", "Corecraft will",
               "Corecraft takes",
               "Corecraft itself", "by Corecraft", "goes to Corecraft", "goes to us", "contact us", "our side",
               "come back to us",
               "we replace", "we repair", "we will replace", "we will repair", "we look after", "we deal",
               "us directly", "via us",
               "via Corecraft", "write to us", "we are responsible", "stays with us", "send it to us", "we cover",
               "we sort", "we arrange", "we will arrange", "we open", "Corecraft is responsible")  # fmt: skip
ROUTES = {
    "doa": says(
        ["refund*", "money back"],
        ["replacement", "replace*", "exchange*", "new one"],
        near=["refund", "replace", "exchange", "money"],
    ),
    "corecraft": choice("us", {
        "us": OURS,
        "maker": ["goes to the manufacturer", "the manufacturer handles", "contact the manufacturer",
        "manufacturer's claim"],
    }),
    "manufacturer": choice("maker", {
        "maker": ["manufacturer*", "the maker"],
        "us": ["we take it in", "we take it ourselves", "we handle the claim", "handled by Corecraft",
        "Corecraft handles"],
    }),
    "expired": says(
        ["no longer covered", "not covered", "expired", "ended", "ran out", "out of warranty", "is over",
        "no longer under",
         "has run out", "outside the warranty", "no warranty", "past its warranty", "out of the warranty", "lapsed",
         "no longer in"],
    ),
}  # fmt: skip
TOLD = {
    "doa": "a fault reported by {doa} counts as defective on arrival, so you choose between a full refund and a "
    "replacement.",
    "corecraft": "a warranty claim on it is handled by us (replacement or repair), just tell us what you tried.",
    "manufacturer": "a warranty claim goes to the manufacturer, as more than 30 days have passed since delivery; "
    "our proof of purchase goes along.",
    "expired": "it is no longer covered, so a repair at our bench would be at your cost.",
}
ELSE = {"doa": "corecraft", "corecraft": "manufacturer", "manufacturer": "corecraft", "expired": "corecraft"}


def _route(who: str, doa: date) -> str:
    return f"If that does not help: {TOLD[who].format(doa=spoken(doa))}"


def _cover(who: str, until: date) -> str:
    return f"The warranty {'ended on' if who == 'expired' else 'runs until'} {spoken(until)}."


def rubric(world: Records, s: Situation) -> Rubric:
    order, product = world.order(s.key["order"]), world.product(s.key["product"])
    fault = BY_ARTICLE[s.key["article"]]
    body = world.get("kb_articles", fault.article)["body"]
    who, came, doa, until = _case(world, order, product)
    means = {
        "doa": "the customer may have a refund or a replacement, as it counts as defective on arrival",
        "corecraft": "Corecraft handles it under warranty",
        "manufacturer": "the claim goes to the manufacturer",
        "expired": "the warranty has ended",
    }
    terms = world.get("warranty_policies", product["warranty_policy_id"])
    months = terms["months"]
    article, ticket = f"kb_articles/{fault.article}", s.key.get("ticket")
    criteria = [
        criterion(f"fact-{n}", "correctness", f"The response says {fact.tells}.", fact.check(), [article])
        for n, fact in enumerate(fault.facts, start=1)
    ]
    criteria += [
        criterion(
            "who", "completeness", f"The response says that, if that does not help, {means[who]}.",
            readable(says(OURS) if who == "corecraft" and terms["claim_via"] != "corecraft" else ROUTES[who]),
            [f"orders/{order['id']}", f"warranty_policies/{product['warranty_policy_id']}",
            "company_policies/pol-returns-doa"],
        ),
        criterion(
            "until", "correctness", f"The response gives {spoken(until)} as the last day of the warranty.",
            day(until, (rules.add_months(world.placed_on(order), months), came + timedelta(days=365))),
            [f"orders/{order['id']}", f"warranty_policies/{product['warranty_policy_id']}"],
        ),
    ]  # fmt: skip
    misses = [
        near_miss(
            f"other-{n}", "Takes it from an article on another model, or an old one.", f"fact-{n}",
            replace=[(fact.told(body), fact.mistold())],
        )
        for n, fact in enumerate(fault.facts, start=1)
    ]  # fmt: skip
    misses += [
        near_miss(
            "wrong-hands", "Sends the customer to the wrong place.", "who",
            replace=[(_route(who, doa), _route(ELSE[who], doa))],
        ),
        near_miss(
            "steps-only", "Does not say what happens if the steps do not help.", "who",
            replace=[(_route(who, doa) + " ", "")],
        ),
        near_miss(
            "a-year-off", "Gives another end of the warranty.", "until",
            replace=[(spoken(until), spoken(rules.add_months(until, 3)))],
        ),
    ]  # fmt: skip
    if who == "expired":
        misses = [m for m in misses if m.id not in ("wrong-hands", "steps-only")]
        misses.append(
            near_miss(
                "as-if-covered", "Promises the warranty though it has ended.", "who",
                replace=[(_route(who, doa), _route("corecraft", doa)), ("The warranty ended on",
                "The warranty has been until")],
            )
        )  # fmt: skip
    if ticket:
        criteria.append(
            criterion(
                "settled", "constraint",
                f"Ticket {ticket} is resolved with a resolution of outcome troubleshooting_steps; nothing else is "
                "changed.",
                settled(ticket, "troubleshooting_steps"), [f"tickets/{ticket}"],
            )
        )  # fmt: skip
        misses += [
            near_miss(
                "left-open", "Writes the resolution and leaves the ticket as it is.", "settled",
                drop=[("updateTicketStatus", 1)],
            ),
            near_miss(
                "as-information", "Files it as mere information.", "settled",
                set=[("createResolution", 1, {"outcome": "information_provided"})],
            ),
        ]  # fmt: skip
    return Rubric(criteria=criteria, near_misses=misses)


def solve(a: Worker, given: Given) -> Plan:
    if "ticket" in given:
        found = yield from a.call("searchTickets", ticket_id=given["ticket"])
        found = yield from a.call("searchCustomers", customer_id=found["tickets"][0]["customer_id"])
        customer = found["customers"][0]
    else:
        customer = yield from a.contact(given.get("email"), given.get("phone"))
    product = yield from a.product(given["product"])
    orders = yield from a.all("searchOrders", customer_id=customer["id"], product_id=product["id"])
    details = yield from order_details(a, a.pick(orders, product_id=product["id"])["id"])
    came = max(a.delivered_on(p) or "" for p in details["shipments"] if product["id"] in str(p["contents"]))
    fault = next(f for f in FAULTS if f.wish == given["wish"] and given["trouble"] in f.troubles)
    article = yield from a.article(fault.query, product_id=product["id"])
    who, doa, until = yield from warranty_answer(a, details["order"], product, came)
    facts = " ".join(fact.told(article["body"]) for fact in fault.facts)
    if "ticket" in given:
        made = yield from a.call(
            "createResolution", ticket_id=given["ticket"], outcome="troubleshooting_steps",
            details=f"Steps of {article['id']} sent: {facts}",
        )  # fmt: skip
        yield from a.call(
            "updateTicketStatus", ticket_id=given["ticket"], status="resolved",
            resolution_id=made["resolution"]["id"],
        )  # fmt: skip
    return (
        f"Hi {customer['name'].split()[0]},\n\nabout the {product['name']} that reached you on {spoken(came)}:\n\n"
        f"{facts}\n\n{_route(who, doa)} {_cover(who, until)}"
        f"{' I have marked your ticket as resolved; it can be reopened for 30 days.' if 'ticket' in given else ''}"
        "\n\nCorecraft support"
    )


def _open_mail(given: Given) -> bool:
    return "email" in given and "ticket" not in given


def _open_phone(given: Given) -> bool:
    return "phone" in given and "ticket" not in given


def _to_settle(given: Given) -> bool:
    return "ticket" in given


WORDINGS = (
    Wording(
        "mail",
        "From: {name} <{email}>\nSubject: [{product}|trouble with my {product}|help with a {product}]\n\n[Hello|Hi "
        "there],\n\n"
        "I have a {product} from you and it gives me grief: {trouble}.\n\nCould you tell me {wish}? And in case it "
        "stays as "
        "it is: what can I have then, and from you or the manufacturer? To which day does the warranty "
        "go?\n\n[Best|Thanks],\n{first}",
        fits=_open_mail,
    ),
    Wording(
        "terse",
        "{product}: {trouble}.\n[Tell me|Need to know] {wish}. Last covered day of the warranty? And what do I get, "
        "from whom (you, the manufacturer?), if [that fails|it stays bad]?\n"
        "{name}, {email}",
        fits=_open_mail,
    ),
    Wording(
        "chat",
        "[hey|hi] {name} here, {email} is my login\nso my {product}.. {trouble} :(\n[pls|can u] tell me {wish}. n if "
        "it "
        "does nothing, where do i turn, u or the maker, n what would i get? [warranty till when|how long is the "
        "warranty still]?",
        fits=_open_mail,
    ),
    Wording(
        "angry",
        "I did not pay you money to spend my weekend on this. [Your|The] {product} has a problem, namely: {trouble}. "
        "[I want to "
        "know|Now explain to me] {wish}, without the usual \"have you tried restarting\". When your advice has come "
        "to nothing, "
        "as it will, I expect to hear what I am entitled to, whether it is you or the manufacturer who puts it "
        "right, and the exact date my warranty stops. {name}, {email}",
        fits=_open_mail,
    ),
    Wording(
        "phone note",
        "[Called in just now|Voicemail from this morning]: {name}, {phone}, has a {product}. In their words: "
        "{trouble}. They'd "
        "like to hear {wish}; beyond that, what they'd be given when the advice doesn't cure it, by us or by the "
        "manufacturer, and the day the "
        "warranty is over. Write me the answer, I ring back [at four|in an hour].",
        mode="copilot",
        fits=_open_phone,
    ),
    Wording(
        "non-native",
        "Good day, I am {name}, my telephone by you is {phone}. I am owner of {product} and there is following "
        "problem: "
        "{trouble}. Please write me {wish}. Please write also what I become when this [not helps|brings nothing], "
        "and who is responsible, shop or "
        "manufacturer, and until which date I have guarantee. [Kind greetings|Thank you before]",
        fits=_open_phone,
    ),
    Wording(
        "manager's request, to settle",
        "{ticket} please, the one about the {product} ({name}). The customer says: {trouble}. The reply should have "
        "{wish}, "
        "[plus|and] what they are owed and by whom (us, manufacturer) if it is no use, and how long the warranty "
        "still runs. Book it as "
        "[troubleshooting steps given|solved by troubleshooting steps] and resolve it; if they come back we reopen.",
        mode="copilot",
        fits=_to_settle,
    ),
    Wording(
        "queue item",
        "[Next in line|Next one]: {ticket}, customer {name}, product {product}. Gist: {trouble}. Work it off, i.e. "
        "draft "
        "the answer with {wish}, tell them what they can get should the trouble persist and whether we or the "
        "manufacturer would see to it, name the final "
        "day of warranty, and set the ticket to resolved with a resolution for troubleshooting steps.",
        mode="copilot",
        fits=_to_settle,
    ),
    Wording(
        "follow-up mail, to settle",
        "From: {name}\nSubject: Re: ({ticket}) {product}\n\nHi,\n\nas [I wrote|said in the form], {trouble}. All I "
        "need is "
        "{wish}. Should it persist I'd want to know whom I would be dealing with, you or the manufacturer, and what "
        "would be "
        "done for me; also the date on which the warranty finishes.\n\nOnce you've sent me the troubleshooting steps "
        "you may put the ticket down as resolved, no need to "
        "[keep it open|leave it hanging].\n\n{first}",
        fits=_to_settle,
    ),
    Wording(
        "chatty, to settle",
        "It's {name} again about {ticket}, my {product} that is. [My daughter|My flatmate] says I should describe it "
        "better, so: "
        "{trouble}. Would you be so kind and explain {wish}? I also wonder whether you or the manufacturer would see "
        "to it if none "
        "of that works, and what I would be given, because I have kept the box, and when the warranty is up. "
        "Consider the ticket resolved when your steps are out, "
        "I can always shout.",
        fits=_to_settle,
    ),
)  # fmt: skip

FAMILY = Family(
    name="troubleshooting-reply",
    title="A fault with an owned product: the right article's steps, the warranty behind them, and the ticket settled",
    category="communication",
    main_level="groundedness",
    levels=("groundedness", "tool_use"),
    wordings=WORDINGS,
    find=find,
    rubric=rubric,
    solve=solve,
    rests_on=("pol-warranty-claims", "pol-warranty-exclusions"),
)
