"""Where everything of a flow's diagram goes: a lane per seat from left to right, time from top to bottom.

Each state has a row to itself. Lines run in the channels below the rows and in the gutters between
the lanes, so that none crosses a state; all that lead into one side of a state share their gutter
line. Lengths in px, y downwards.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

BOX_WIDTH, LINE_HEIGHT, BOX_PADDING = 152, 20, 14
HEADER, TRACK, ARROW_ROOM = 44, 22, 16
GUTTER, GUTTER_LINE = 24, 10
LABEL_SIZE, LABEL_GAP = 13, 6

TOP, LEFT, RIGHT = "top", "left", "right"
Point = tuple[int, int]


@dataclass(frozen=True)
class Box:
    """What stands in a lane and a row; lines: how many of text, 0 for the dot at the beginning."""

    lane: int
    row: int
    lines: int

    @property
    def height(self) -> int:
        return self.lines * LINE_HEIGHT + BOX_PADDING


@dataclass(frozen=True)
class Link:
    """From one box to another, both by their index, and what is written at it."""

    source: int
    target: int
    label: str


@dataclass(frozen=True)
class Wire:
    """A link's corner points, the last where the arrow is; and where its label begins."""

    points: tuple[Point, ...]
    label_at: Point


@dataclass(frozen=True)
class Sheet:
    """lanes: left edge and width of each. boxes: upper left corner of each. In the order given."""

    lanes: tuple[Point, ...]
    boxes: tuple[Point, ...]
    wires: tuple[Wire, ...]
    width: int
    height: int


def lay_out(boxes: Sequence[Box], links: Sequence[Link], lanes: int) -> Sheet:
    """Places for all. The last lane is that of the ends: whatever leads there comes in from the left."""
    sides = [_side(boxes, link, lanes) for link in links]
    gutter_lines = _gutter_lines(boxes, links, sides)
    gutters = [GUTTER + GUTTER_LINE * len(gutter_lines[g]) for g in range(lanes + 1)]
    lefts = [sum(gutters[: lane + 1]) + lane * BOX_WIDTH for lane in range(lanes)]
    goals = _goals(boxes, links, sides, lefts, gutters, gutter_lines)
    ports = _ports(boxes, links, lefts, goals)
    turns = [port if goal is None else goal for port, goal in zip(ports, goals, strict=True)]
    labels = [_label_from(link, ports[n], turns[n]) for n, link in enumerate(links)]
    tracks = _tracks(boxes, links, ports, turns, labels)
    tops, bottom = _rows(boxes, links, tracks)
    ys = [tops[box.row][0] + (tops[box.row][1] - box.height) // 2 for box in boxes]
    wires = []
    for n, link in enumerate(links):
        source, target = boxes[link.source], boxes[link.target]
        track_y = sum(tops[source.row]) + TRACK * (tracks[n] + 1)
        start = (ports[n], ys[link.source] + source.height)
        points = [start, (ports[n], track_y), (turns[n], track_y)]
        if sides[n] == TOP:
            points.append((turns[n], ys[link.target]))
        else:
            middle = ys[link.target] + target.height // 2
            edge = lefts[target.lane] + (BOX_WIDTH if sides[n] == RIGHT else 0)
            points += [(turns[n], middle), (edge, middle)]
        wires.append(Wire(tuple(dict.fromkeys(points)), (labels[n], track_y - LABEL_GAP)))
    width = lefts[-1] + BOX_WIDTH + gutters[-1]
    borders = [0, *(lefts[g] - gutters[g] // 2 for g in range(1, lanes)), width]
    return Sheet(
        lanes=tuple((a, b - a) for a, b in pairwise(borders)),
        boxes=tuple((lefts[box.lane], y) for box, y in zip(boxes, ys, strict=True)),
        wires=tuple(wires),
        width=width,
        height=bottom,
    )


def width_of(text: str) -> int:
    """About how wide a label is: a Chinese character is as wide as it is high."""
    return round(sum(LABEL_SIZE if ord(c) > 0x2E7F else LABEL_SIZE * 0.56 for c in text))


def _side(boxes: Sequence[Box], link: Link, lanes: int) -> str:
    """Where a link comes in: from above, where nothing stands in between, or from a gutter."""
    source, target = boxes[link.source], boxes[link.target]
    if target.lane == lanes - 1:
        return LEFT
    between = range(source.row + 1, target.row)
    is_free = not any(box.lane == target.lane and box.row in between for box in boxes)
    if target.row > source.row and is_free:
        return TOP
    if source.lane == target.lane:
        return LEFT if target.row <= source.row else RIGHT
    return LEFT if source.lane < target.lane else RIGHT


def _gutter_lines(
    boxes: Sequence[Box], links: Sequence[Link], sides: Sequence[str]
) -> Mapping[int, list[int]]:
    """By gutter (that left of lane n is number n): the targets that have a line in it."""
    lines: dict[int, list[int]] = defaultdict(list)
    for link, side in zip(links, sides, strict=True):
        gutter = boxes[link.target].lane + (side == RIGHT)
        if side != TOP and link.target not in lines[gutter]:
            lines[gutter].append(link.target)
    return lines


def _goals(
    boxes: Sequence[Box],
    links: Sequence[Link],
    sides: Sequence[str],
    lefts: Sequence[int],
    gutters: Sequence[int],
    gutter_lines: Mapping[int, list[int]],
) -> list[int | None]:
    """The x of the last upright stretch of each link; None: straight down from where it leaves."""
    goals: list[int | None] = []
    arrivals: dict[tuple[int, bool], int] = defaultdict(int)
    for link, side in zip(links, sides, strict=True):
        source, target = boxes[link.source], boxes[link.target]
        left = lefts[target.lane]
        if side != TOP:
            gutter = target.lane + (side == RIGHT)
            begin = left - gutters[gutter] if side == LEFT else left + BOX_WIDTH
            nth = gutter_lines[gutter].index(link.target)
            goals.append(begin + GUTTER // 2 + GUTTER_LINE * nth + GUTTER_LINE // 2)
        elif source.lane == target.lane:
            goals.append(None)
        else:
            from_left = source.lane < target.lane
            nth = arrivals[link.target, from_left]
            arrivals[link.target, from_left] += 1
            inset = BOX_WIDTH // 5 + 14 * nth
            goals.append(left + (inset if from_left else BOX_WIDTH - inset))
    return goals


def _ports(
    boxes: Sequence[Box],
    links: Sequence[Link],
    lefts: Sequence[int],
    goals: Sequence[int | None],
) -> list[int]:
    """The x at which each link leaves its box: who goes left leaves on the left."""
    ports = [0] * len(links)
    leaving: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for n, (link, goal) in enumerate(zip(links, goals, strict=True)):
        middle = lefts[boxes[link.source].lane] + BOX_WIDTH // 2
        leaving[link.source].append((middle if goal is None else goal, n))
    for source, numbers in leaving.items():
        for place, (_, n) in enumerate(sorted(numbers), 1):
            ports[n] = lefts[boxes[source].lane] + BOX_WIDTH * place // (len(numbers) + 1)
    return ports


def _label_from(link: Link, port: int, turn: int) -> int:
    """The x at which a label begins: beside the place where the link leaves, on the side it goes to."""
    if turn < port:
        return max(4, port - LABEL_GAP - width_of(link.label))
    return port + LABEL_GAP


def _tracks(
    boxes: Sequence[Box],
    links: Sequence[Link],
    ports: Sequence[int],
    turns: Sequence[int],
    labels: Sequence[int],
) -> list[int]:
    """The track of each link in the channel below its source, 0 the uppermost.

    Who goes farthest leaves outermost and runs uppermost, who goes straight down is labelled last:
    so no link of a box crosses a label of another.
    """
    tracks = [0] * len(links)
    taken: dict[int, list[list[tuple[int, int]]]] = defaultdict(list)

    def inward(n: int) -> tuple[int, int]:
        if turns[n] == ports[n]:
            return 1, 0
        return 0, turns[n] if turns[n] < ports[n] else -turns[n]

    for n in sorted(range(len(links)), key=inward):
        begin = min(ports[n], turns[n], labels[n])
        end = max(ports[n], turns[n], labels[n] + width_of(links[n].label))
        channel = taken[boxes[links[n].source].row]
        nth = next(
            (i for i, track in enumerate(channel) if all(end < a or b < begin for a, b in track)),
            len(channel),
        )
        if nth == len(channel):
            channel.append([])
        channel[nth].append((begin - 2 * LABEL_GAP, end + 2 * LABEL_GAP))
        tracks[n] = nth
    return tracks


def _rows(
    boxes: Sequence[Box], links: Sequence[Link], tracks: Sequence[int]
) -> tuple[list[Point], int]:
    """(top, height) of each row, and the lower edge of the sheet."""
    needed: dict[int, int] = defaultdict(int)
    for n, link in enumerate(links):
        row = boxes[link.source].row
        needed[row] = max(needed[row], tracks[n] + 1)
    rows: list[Point] = []
    y = HEADER
    for row in range(max(box.row for box in boxes) + 1):
        height = max((box.height for box in boxes if box.row == row), default=0)
        rows.append((y, height))
        y += height + TRACK * needed[row] + ARROW_ROOM
    return rows, y
