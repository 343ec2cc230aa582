"""Day tables: what the pages show, counted from the events of each day; and what a recount found.

The rows are copies that `counting.recount` can make again at any time. Offices, matters and
provinces are those that the events copied when they happened: plain numbers and codes, not foreign
keys, so that no later change of theirs moves a figure of a day.
"""

from django.db import models

# No office took part: an applicant withdrew, or rated.
NO_OFFICE = 0


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


class CountedDay(models.Model):
    """When a day was last counted, and over how many events."""

    day = models.DateField(primary_key=True)
    counted_at = models.DateTimeField()
    events = models.PositiveIntegerField()

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
