"""What does a lab have where play starts? The scenario's words checked and put into the places of the rings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from labsim import tables
from labsim.formats import quarter_name, quarter_number
from labsim.model.exogenous import generation_on_sale
from labsim.model.fleet import DELIVERY
from labsim.model.params import SEGMENTS, Chips
from labsim.scenario_checks import Checks
from labsim.scenario_opening_form import FIGURES, LabOpening, Model, RunInFlight
from labsim.scenario_values import Number
from labsim.variables import LAB, REGISTRY, RUN

WORLD = "world"
SUM_ROUNDING = 1e-9


@dataclass(frozen=True)
class Lot:
    """Something of a ring: its index at the start, how much of it, and what a unit costs ($/h, M$; None by law)."""

    slot: int
    amount: float
    price: float | None = None


@dataclass(frozen=True)
class Opening:
    """A lab where play starts, or the world; what is not given stays as the autopilot left it."""

    stocks: Mapping[str, float] = field(default_factory=dict)
    contracts: tuple[Lot, ...] | None = None
    chips: tuple[Lot, ...] | None = None
    sites: tuple[Lot, ...] | None = None
    model: Mapping[str, float] | None = None
    run: Mapping[str, float] | None = None
    techniques: Mapping[int, float] = field(default_factory=dict)  # row -> progress
    arr_split: Mapping[int, float] = field(default_factory=dict)  # segment -> part
    figures: Mapping[str, float] = field(default_factory=dict)  # coverage, arr, growth


@dataclass(frozen=True)
class Rings:
    """What decides where a lot may lie: the first quarter, chips on sale, and how long things last."""

    start: int
    chips: Chips
    reserve_term: int
    gpu_life: int
    site_lead: int

    def sold(self, t: int) -> str:
        """The chip on sale in a quarter."""
        return self.chips.names[generation_on_sale(t, self.chips.launch)]


class OpeningChecks(Checks):
    """The part of the overlay that reads openings."""

    def opening(self, seats: Sequence[str], rings: Rings) -> dict[str, Opening]:
        """Lab, or ``world``, -> what it has at the start. Lists and tables of a higher file replace lower ones."""
        merged: dict[str, dict[str, Any]] = {}
        for where, file in self._layers():
            for lab, given in file.opening.items():
                if lab not in (*seats, WORLD):
                    self._unknown(f"opening.{lab}", "seat", lab, (*seats, WORLD), where)
                else:
                    found = merged.setdefault(lab, {"stocks": {}})
                    self._read_opening(found, lab, given, rings, where)
        return {lab: Opening(**parts) for lab, parts in merged.items()}

    def _read_opening(self, found: dict[str, Any], lab: str, given: LabOpening, rings: Rings, where: str) -> None:
        place = f"opening.{lab}"
        found["stocks"] |= self._stocks(given, lab, where)
        said = given.model_fields_set & set(LabOpening.model_fields)
        if lab == WORLD and said:
            self._add(f"{place}.{min(said)}", "this belongs to a lab", "the world takes stocks only", where)
            return
        for name in ("contracts", "chips", "sites"):
            if name in said:
                slot: Callable[[Any, Rings, str, str], int] = getattr(self, f"_slot_of_{name}")
                lots = enumerate(getattr(given, name) or ())
                found[name] = tuple(
                    self._lot(lot, name, slot(lot, rings, f"{place}.{name}.{n}", where), f"{place}.{name}.{n}", where)
                    for n, lot in lots
                )
        for name in ("model", "run"):
            if name in said:
                found[name] = self._table(getattr(given, name), name, place, where)
        found["figures"] = found.get("figures", {}) | {
            name: self._declared(getattr(given, name), FIGURES[name], f"{place}.{name}", where)
            for name in ("coverage", "arr", "growth")
            if getattr(given, name) is not None
        }
        names = tables.columns("techniques")
        found["techniques"] = found.get("techniques", {}) | self._rows(given, "techniques", names, place, where)
        if split := self._rows(given, "arr_split", SEGMENTS, place, where):
            found["arr_split"] = split
            if abs(sum(split.values()) - 1.0) > SUM_ROUNDING:
                self._add(f"{place}.arr_split", "the parts do not sum to 1", "change them", where)
        self._need_arr(found, place, where)

    def _need_arr(self, found: Mapping[str, Any], place: str, where: str) -> None:
        if "arr" not in found["figures"]:
            for name in ({"growth"} & set(found["figures"])) | ({"arr_split"} & set(found)):
                self._add(f"{place}.{name}", "there is no revenue that it could belong to", "give arr too", where)

    def _stocks(self, given: LabOpening, lab: str, where: str) -> dict[str, float]:
        known = [v.name for v in REGISTRY.values() if v.kind == "stock" and v.axes in ((LAB, RUN), (RUN,))]
        found = {}
        for key, number in given.stocks.items():
            place = f"opening.{lab}.{key}"
            if key not in known or (LAB not in REGISTRY[key].axes) != (lab == WORLD):
                self._unknown(place, "stock", key, [*known, *LabOpening.model_fields], where)
            else:
                found[key] = self._declared(number, REGISTRY[key], place, where)
        return found

    def _table(self, given: Model | RunInFlight | None, name: str, place: str, where: str) -> dict[str, float] | None:
        if given is None:
            return None
        if isinstance(given, Model) and given.capability is not None and given.gap is not None:
            self._add(f"{place}.model", "capability and gap both say how good it is", "give one of them", where)
        numbers = {key: number for key, number in given if f"{name}.{key}" in FIGURES and number is not None}
        read = {
            key: self._declared(number, FIGURES[f"{name}.{key}"], f"{place}.{name}.{key}", where)
            if key in given.model_fields_set
            else number
            for key, number in numbers.items()
        }
        return read | ({"open": float(given.open)} if isinstance(given, RunInFlight) else {})

    def _rows(self, given: LabOpening, key: str, names: Sequence[str], place: str, where: str) -> dict[int, float]:
        found = {}
        numbers: Mapping[str, Number] = getattr(given, key)
        for name, number in numbers.items():
            if name not in names:
                kind = "technique" if key == "techniques" else "segment"
                self._unknown(f"{place}.{key}.{name}", kind, name, names, where)
            else:
                found[names.index(name)] = self._declared(number, FIGURES[key], f"{place}.{key}.{name}", where)
        return found

    # ---- places in the rings ----------------------------------------------------------------------------------------

    def _lot(self, given: Any, name: str, slot: int, place: str, where: str) -> Lot:
        amount, price = ("power", None) if name == "sites" else ("gpus", "rent" if name == "contracts" else "price")
        paid = getattr(given, price) if price else None
        return Lot(
            slot,
            self._declared(getattr(given, amount), FIGURES[f"{name}.{amount}"], f"{place}.{amount}", where),
            None if paid is None else self._declared(paid, FIGURES[f"{name}.{price}"], f"{place}.{price}", where),
        )

    def _slot_of_contracts(self, given: Any, rings: Rings, place: str, where: str) -> int:
        """A contract lasts ``reserve_term`` quarters from the one after its signature; what it rents was sold then."""
        last = rings.start + rings.reserve_term - 1
        ends = {t: rings.sold(t - rings.reserve_term) for t in range(rings.start, last + 1)}
        return last - self._fitting(given.until, given.chip, ends, "a contract to", place, where, rings, last)

    def _slot_of_chips(self, given: Any, rings: Rings, place: str, where: str) -> int:
        newest = rings.start - 1
        bought = {t: rings.sold(t) for t in range(newest - rings.gpu_life - DELIVERY, newest + 1)}
        return newest - self._fitting(given.bought, given.chip, bought, "chips bought in", place, where, rings, newest)

    def _slot_of_sites(self, given: Any, rings: Rings, place: str, where: str) -> int:
        ready, first = quarter_number(given.ready), rings.start + 1
        last = rings.start + rings.site_lead
        if not first <= ready <= last:
            remedy = f"stay within {quarter_name(first)} to {quarter_name(last)}, or raise parameters.site_lead"
            self._add(f"{place}.ready", f"no site under construction is ready in {given.ready}", remedy, where)
            return 0
        return last - ready

    def _fitting(
        self, when: str, chip: str, sold: Mapping[int, str], what: str, place: str, where: str, rings: Rings, other: int
    ) -> int:
        """The quarter ``when`` if what was sold for it is ``chip``; else a problem that says what can be."""
        t = quarter_number(when)
        if chip not in rings.chips.names:
            self._unknown(f"{place}.chip", "chip", chip, rings.chips.names, where)
        elif sold.get(t) != chip:
            could = _spans(t for t, name in sold.items() if name == chip)
            found = f"{what} {when} " + (f"means {sold[t]}, not {chip}" if t in sold else "cannot be in hand")
            self._add(place, found, f"with {chip} write {could}" if could else "give another chip", where)
        return t if t in sold else other


def _spans(quarters: Iterable[int]) -> str:
    """First and last of quarters that follow one another."""
    found = sorted(quarters)
    if not found:
        return ""
    ends = [quarter_name(found[0]), quarter_name(found[-1])]
    return ends[0] if found[0] == found[-1] else f"a quarter from {ends[0]} to {ends[1]}"
