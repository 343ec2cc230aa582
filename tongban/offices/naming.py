"""What an office is called: each province's own pattern, so that names read as they do there.

万州区民政局 but 达州市通川区民政局; 城口县公安局 but 重庆市公安局万州区分局; 凉山州 and not
凉山彝族自治州, except where the tax bureau writes it in full.
"""

from dataclasses import dataclass

from .tables import DATA, BadData, Row, rows


@dataclass(frozen=True, slots=True)
class Site:
    """A place as names speak of it."""

    code: str
    name: str
    level: str
    province: str
    short: str = ""
    above: "Site | None" = None

    @property
    def place(self) -> str:
        """The place alone on a sign: 达州市通川区, 宣汉县, 凉山州."""
        if self.level == "township" and self.above:
            return self.above.place + self.name
        if self.unit == "区" and self.above and self.above.level == "city":
            return self.above.place + self.name
        return self.short or self.name

    @property
    def full(self) -> str:
        """From the province down: 四川省达州市通川区."""
        return (self.above.full if self.above else "") + self.name

    @property
    def unit(self) -> str:
        """区, 县, 市 or 州 of the county or city; a township answers for its county."""
        if self.level == "township" and self.above:
            return self.above.unit
        return self.name[-1]

    def at(self, level: str) -> "Site | None":
        """The place itself or the one above it at that level."""
        if self.level == level:
            return self
        return self.above.at(level) if self.above else None


@dataclass(frozen=True, slots=True)
class Pattern:
    """One line of `office-names.csv`; an empty condition holds everywhere."""

    kind: str
    province: str
    level: str
    unit: str
    only: tuple[str, ...]
    name: str

    def holds(self, site: Site) -> bool:
        return (
            self.level == site.level
            and self.province in ("", site.province)
            and self.unit in ("", site.unit)
            and (not self.only or site.code in self.only)
        )

    def name_at(self, site: Site) -> str:
        county, city = site.at("county"), site.at("city")
        return self.name.format(
            place=site.place,
            name=site.name,
            short=site.name,
            county=county.place if county else "",
            county_name=county.name if county else "",
            city=city.place if city else "",
        )


def patterns() -> list[Pattern]:
    """All name patterns, the more particular ones first. Raises BadData."""
    found, problems = [], []
    for where, row in rows(DATA / "office-names.csv", "kind", "level", "name"):
        pattern = _pattern(row)
        try:
            pattern.name_at(Site("", "试", "county", ""))
        except (KeyError, IndexError, ValueError):
            problems.append(f"{where}:名称模板写错了:{pattern.name}")
        found.append(pattern)
    if problems:
        raise BadData(problems)
    return found


def _pattern(row: Row) -> Pattern:
    only = tuple(code for code in row["only"].split("|") if code)
    return Pattern(row["kind"], row["province"], row["level"], row["unit"], only, row["name"])
