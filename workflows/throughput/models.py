"""Day tables: what the pages show, counted from the events of each day; and what a recount found.

The rows are copies that `counting.recount` can make again at any time. Offices, matters and
provinces are those that the events copied when they happened: plain numbers and codes, not foreign
keys, so that no later change of theirs moves a figure of a day.
"""

from django.db import models

# No office took part: an applicant withdrew, or rated.
NO_OFFICE = 0
# Cases that took longer are told as "more than".
LONGEST_DAYS = 21


class Figures(models.Model):
    """The figures of one day and one cell, each named after its measure (`measures.FLOWS`)."""

    received = models.PositiveIntegerField()
    online = models.PositiveIntegerField()
    accepted = models.PositiveIntegerField()
    concluded = models.PositiveIntegerField()
    granted = models.PositiveIntegerField()
    disapproved = models.PositiveIntegerField()
    refused = models.PositiveIntegerField()
    returned = models.PositiveIntegerField()
    withdrawn = models.PositiveIntegerField()
    timed = models.PositiveIntegerField()
    late = models.PositiveIntegerField()
    early = models.PositiveIntegerField()
    measured = models.PositiveIntegerField()
    # Their sum over the `measured` cases; a mean is only made of sums.
    working_days = models.PositiveIntegerField()
    rated = models.PositiveIntegerField()
    rated_5 = models.PositiveIntegerField()
    rated_4 = models.PositiveIntegerField()
    rated_3 = models.PositiveIntegerField()
    rated_2 = models.PositiveIntegerField()
    rated_1 = models.PositiveIntegerField()

    class Meta:
        abstract = True
        default_permissions = ()


class Cell(models.Model):
    """What every day table is cut by: the day in Asia/Shanghai, the direction and the mode."""

    day = models.DateField()
    origin_province = models.CharField(max_length=6)
    owner_province = models.CharField(max_length=6)
    mode = models.CharField(max_length=12)

    class Meta:
        abstract = True
        default_permissions = ()


GRAIN = ("day", "origin_province", "owner_province", "mode")


class DayDirection(Cell, Figures):
    """Day × direction: a few rows a day, for the lines and the totals."""

    pk = models.CompositePrimaryKey(*GRAIN)

    class Meta(Figures.Meta):
        pass

    def __str__(self) -> str:
        return f"{self.day} {self.origin_province}→{self.owner_province}"


class DayMatter(Cell, Figures):
    """Day × matter × direction."""

    matter_id = models.BigIntegerField()
    pk = models.CompositePrimaryKey(*GRAIN, "matter_id")

    class Meta(Figures.Meta):
        pass

    def __str__(self) -> str:
        return f"{self.day} matter {self.matter_id}"


class DayOffice(Cell, Figures):
    """Day × office × direction. `province` is the office's, '' where no office took part."""

    office_id = models.BigIntegerField()
    province = models.CharField(max_length=6)
    # Work of the office that is no case of its own: steps it took, and parts of joint cases.
    steps = models.PositiveIntegerField()
    parts = models.PositiveIntegerField()
    pk = models.CompositePrimaryKey(*GRAIN, "office_id", "province")

    class Meta(Figures.Meta):
        pass

    def __str__(self) -> str:
        return f"{self.day} office {self.office_id}"


class DayStay(Cell):
    """Day × matter × state: stays that ended on that day, for the slowest steps."""

    matter_id = models.BigIntegerField()
    flow = models.CharField(max_length=40)
    state = models.CharField(max_length=40)
    stays = models.PositiveIntegerField()
    seconds = models.BigIntegerField()
    pk = models.CompositePrimaryKey(*GRAIN, "matter_id", "flow", "state")

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.day} {self.flow}.{self.state}"


class DayRoute(Cell):
    """Day × from which city or district to which: '511700-500101', 收件地 first."""

    route = models.CharField(max_length=13)
    received = models.PositiveIntegerField()
    accepted = models.PositiveIntegerField()
    concluded = models.PositiveIntegerField()
    granted = models.PositiveIntegerField()
    timed = models.PositiveIntegerField()
    late = models.PositiveIntegerField()
    measured = models.PositiveIntegerField()
    working_days = models.PositiveIntegerField()
    pk = models.CompositePrimaryKey(*GRAIN, "route")

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.day} {self.route}"


class DayTime(Cell):
    """Day × matter × working days that a concluded case took (`LONGEST_DAYS` and more as one)."""

    matter_id = models.BigIntegerField()
    days = models.PositiveSmallIntegerField()
    cases = models.PositiveIntegerField()
    pk = models.CompositePrimaryKey(*GRAIN, "matter_id", "days")

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.day} matter {self.matter_id}: {self.days}"


class DayTimeOffice(Cell):
    """Day × office × working days that a concluded case took."""

    office_id = models.BigIntegerField()
    province = models.CharField(max_length=6)
    days = models.PositiveSmallIntegerField()
    cases = models.PositiveIntegerField()
    pk = models.CompositePrimaryKey(*GRAIN, "office_id", "province", "days")

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.day} office {self.office_id}: {self.days}"


class DayOther(Cell):
    """Day × matter of what is no application: queries and appointments, each in its own columns."""

    matter_id = models.BigIntegerField()
    asked = models.PositiveIntegerField()
    answered = models.PositiveIntegerField()
    unanswered = models.PositiveIntegerField()
    taken_back = models.PositiveIntegerField()
    booked = models.PositiveIntegerField()
    visited = models.PositiveIntegerField()
    missed = models.PositiveIntegerField()
    cancelled = models.PositiveIntegerField()
    pk = models.CompositePrimaryKey(*GRAIN, "matter_id")

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.day} matter {self.matter_id}"


class DayFlag(Cell):
    """A case that a day's events make worth a look (`flags.FLAGS`), one row a kind and case."""

    kind = models.CharField(max_length=20)
    case_id = models.BigIntegerField()
    matter_id = models.BigIntegerField()
    office_id = models.BigIntegerField()
    province = models.CharField(max_length=6)
    times = models.PositiveIntegerField()
    pk = models.CompositePrimaryKey(*GRAIN, "kind", "case_id", "matter_id", "office_id", "province")

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.day} {self.kind} {self.case_id}"


class Stood(models.Model):
    """How many open cases stood how; each column is a stock (`measures.STOCKS`)."""

    in_hand = models.PositiveIntegerField()
    red = models.PositiveIntegerField()
    yellow = models.PositiveIntegerField()
    delivering = models.PositiveIntegerField()
    delivering_red = models.PositiveIntegerField()

    class Meta:
        abstract = True
        default_permissions = ()


class DayStanding(Cell, Stood):
    """Day × holding office: how things stand now for today, how they stood at its end for a past day.

    Counted from the open cases, every half minute; a past day cannot be counted again.
    """

    office_id = models.BigIntegerField()
    pk = models.CompositePrimaryKey(*GRAIN, "office_id")

    class Meta(Stood.Meta):
        pass

    def __str__(self) -> str:
        return f"{self.day} office {self.office_id}"


class DayStandingMatter(Cell, Stood):
    """Day × matter: as `DayStanding`."""

    matter_id = models.BigIntegerField()
    pk = models.CompositePrimaryKey(*GRAIN, "matter_id")

    class Meta(Stood.Meta):
        pass

    def __str__(self) -> str:
        return f"{self.day} matter {self.matter_id}"


class CountedDay(models.Model):
    """When a day was last counted, and over how many events."""

    day = models.DateField(primary_key=True)
    counted_at = models.DateTimeField()
    events = models.PositiveIntegerField()
    # When the open cases were last counted, and when the flags were.
    stood_at = models.DateTimeField(null=True)
    flagged_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        get_latest_by = "day"

    def __str__(self) -> str:
        return f"{self.day}: {self.events}"


class Recount(models.Model):
    """One nightly recount: which days it went over, and how many rows it found different."""

    first = models.DateField()
    last = models.DateField()
    finished_at = models.DateTimeField()
    differences = models.PositiveIntegerField()

    class Meta:
        default_permissions = ()
        get_latest_by = "id"

    def __str__(self) -> str:
        return f"{self.first}–{self.last}: {self.differences}"


class Difference(models.Model):
    """A row that a recount found other than it stood, and put right.

    key: the row's cell without its day. stood, counted: the figures that differ; None for a row
    that was not there, or that no event speaks for any more.
    """

    recount = models.ForeignKey(Recount, models.CASCADE, related_name="found")
    day = models.DateField()
    table = models.CharField(max_length=20)
    key = models.JSONField()
    stood = models.JSONField(null=True)
    counted = models.JSONField(null=True)

    class Meta:
        default_permissions = ()
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.day} {self.table}"


class Published(models.Model):
    """The figures of a day or a month as they were published 固化; never changed afterwards.

    figures: {"directions": [[origin, owner, mode, {figure: n}]…]}, for a month besides "matters"
    [[id, {…}]…] and "offices" [[id, province, {…}]…].
    """

    class Kind(models.TextChoices):
        DAY = "day", "日"
        MONTH = "month", "月"

    kind = models.CharField(max_length=5, choices=Kind.choices)
    first = models.DateField()
    last = models.DateField()
    published_at = models.DateTimeField()
    figures = models.JSONField()

    class Meta:
        default_permissions = ()
        ordering = ["-first"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "first"], name="published_once"),
            models.CheckConstraint(
                condition=models.Q(last__gte=models.F("first")), name="published_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.first}"


class Correction(models.Model):
    """What changed in a published day's figures, which recount found it, and which events came late.

    changes: {figure: [was, is]} over all directions; because: [{number, step, office, at,
    recorded_at}…], the first few events recorded after the day was published; `late_events`: all.
    """

    published = models.ForeignKey(Published, models.CASCADE, related_name="corrections")
    recount = models.ForeignKey(Recount, models.CASCADE, related_name="corrections")
    found_at = models.DateTimeField()
    changes = models.JSONField()
    because = models.JSONField()
    late_events = models.PositiveIntegerField()

    class Meta:
        default_permissions = ()
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.published}: {self.found_at:%Y-%m-%d}"


from .reports.models import Report  # noqa: E402, F401  (a table of this app, kept with what makes it)
