"""The SVG of a flow: lanes, boxes, lines and words. Its colours are those of the stylesheet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median_low

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from .declarations import APPLICANT
from .flow import Flow
from .graph import Graph, Node
from .lanes import BOX_WIDTH, LINE_HEIGHT, Box, Link, Point, Sheet, Wire, lay_out
from .opening import OPENING
from .verdicts import TAKER_WORDS

END = ""
CHARACTERS = 9
DOT = Box(lane=0, row=0, lines=0)


@dataclass(frozen=True)
class Shown:
    """What is written in a box."""

    name: str
    limit: str

    @property
    def lines(self) -> list[str]:
        return _broken(self.name)


def picture_of(
    flow: type[Flow], graph: Graph, shown: Sequence[Shown], *, now: Node | None
) -> SafeString:
    """shown: what is written in each node of the graph, in its order."""
    lanes = _lanes(flow, graph)
    rows = _rows(graph)
    boxes = [DOT] + [
        Box(lanes.index(node.holder), rows[node], len(words.lines) + bool(words.limit))
        for node, words in zip(graph.nodes, shown, strict=True)
    ]
    links = list(_links(graph))
    sheet = lay_out(boxes, links, len(lanes))
    return format_html(
        '<svg class="lanes" role="img" aria-labelledby="lanes-{0}-title lanes-{0}-desc"'
        ' viewBox="0 0 {1} {2}" width="{1}" height="{2}">'
        '<title id="lanes-{0}-title">{3}</title><desc id="lanes-{0}-desc">{4}</desc>{5}{6}{7}</svg>',
        flow.CODE,
        sheet.width,
        sheet.height,
        f"{flow.LABEL}办理流程图",
        f"{len(lanes) - 1}方参与，{len(graph.nodes)}个状态；内容与随后的表格相同。",
        _lane_shapes(flow, lanes, sheet),
        _wire_shapes(links, boxes, sheet),
        _box_shapes(graph, shown, boxes, sheet, now),
    )


def _lanes(flow: type[Flow], graph: Graph) -> list[str]:
    """The applicant, then the seats that hold or do something, then the end."""
    busy = {node.holder for node in graph.nodes}
    busy |= {taker for move in graph.moves for taker in move.step.by}
    return [APPLICANT, *(seat.code for seat in flow.SEATS if seat.code in busy), END]


def _rows(graph: Graph) -> dict[Node, int]:
    """A row for each open state, in the order of the file; an end stands where people come to it."""
    rows = {n: row for row, n in enumerate((n for n in graph.nodes if n.holder), 1)}
    last = max(rows.values())
    wanted = []
    for node in graph.nodes:
        if not node.holder:
            sources = [rows[m.source] for m in graph.moves if m.target == node] or [last]
            wanted.append((max(sources) if node.state.counts_as else median_low(sources), node))
    taken: set[int] = set()
    for row, node in sorted(wanted, key=lambda pair: pair[0]):
        rows[node] = next(r for r in range(row, last + len(wanted) + 1) if r not in taken)
        taken.add(rows[node])
    return rows


def _links(graph: Graph) -> Iterator[Link]:
    """One line for all steps between the same two states; the dot in front is where one applies."""
    labels: dict[tuple[int, int], list[str]] = {}
    number = {node: n for n, node in enumerate(graph.nodes, 1)}
    for move in graph.moves:
        ends = (number[move.source], number[move.target])
        labels.setdefault(ends, []).append(move.step.label)
    yield Link(0, 1, OPENING.label)
    for (source, target), words in labels.items():
        yield Link(source, target, "／".join(dict.fromkeys(words)))


def _broken(text: str) -> list[str]:
    """Into lines: behind a comma where there is one, otherwise into even parts."""
    if len(text) <= CHARACTERS:
        return [text]
    comma = text.find("，") + 1
    if 0 < comma <= CHARACTERS and len(text) - comma <= CHARACTERS:
        return [text[:comma], text[comma:]]
    half = (len(text) + 1) // 2
    return [*_broken(text[:half]), *_broken(text[half:])]


def _lane_shapes(flow: type[Flow], lanes: Sequence[str], sheet: Sheet) -> SafeString:
    names = {seat.code: seat.name for seat in flow.SEATS}
    names |= {APPLICANT: TAKER_WORDS[APPLICANT], END: "结束"}
    return format_html_join(
        "",
        '<rect class="{}" x="{}" y="0" width="{}" height="{}"/>'
        '<text class="lane-name" x="{}" y="28" text-anchor="middle">{}</text>',
        (
            ("lane" if n % 2 else "lane-alt", x, width, sheet.height, x + width // 2, names[lane])
            for n, (lane, (x, width)) in enumerate(zip(lanes, sheet.lanes, strict=True))
        ),
    )


def _wire_shapes(links: Sequence[Link], boxes: Sequence[Box], sheet: Sheet) -> SafeString:
    """All lines first, then all words: no line is drawn over a word."""
    wired = list(zip(links, sheet.wires, strict=True))
    lines = format_html_join(
        "",
        '<path class="{}" d="{}"/><polygon class="arrow" points="{}"/>',
        (
            ("edge edge-back" if _goes_back(link, boxes) else "edge", _path(wire), _arrow(wire))
            for link, wire in wired
        ),
    )
    words = format_html_join(
        "",
        '<text class="edge-text" x="{}" y="{}">{}</text>',
        ((*wire.label_at, link.label) for link, wire in wired),
    )
    return lines + words


def _goes_back(link: Link, boxes: Sequence[Box]) -> bool:
    """Back to work that was done before; an end is never that, wherever it stands."""
    source, target = boxes[link.source], boxes[link.target]
    is_end = target.lane == max(box.lane for box in boxes)
    return target.row <= source.row and not is_end


def _path(wire: Wire) -> str:
    return "M" + " L".join(f"{x} {y}" for x, y in wire.points)


def _arrow(wire: Wire) -> str:
    """A small triangle in the direction of the last stretch."""
    (x0, _), (x, y) = wire.points[-2:]
    if x0 == x:
        return f"{x},{y} {x - 4},{y - 8} {x + 4},{y - 8}"
    back = -8 if x > x0 else 8
    return f"{x},{y} {x + back},{y - 4} {x + back},{y + 4}"


def _box_shapes(
    graph: Graph, shown: Sequence[Shown], boxes: Sequence[Box], sheet: Sheet, now: Node | None
) -> SafeString:
    (x, y), *places = sheet.boxes
    dot = format_html('<circle class="node-end" cx="{}" cy="{}" r="7"/>', x + BOX_WIDTH // 2, y + 7)
    all_of_them = zip(graph.nodes, shown, boxes[1:], places, strict=True)
    shapes = [_box_shape(n, words, box, at, n == now) for n, words, box, at in all_of_them]
    return format_html_join("", "{}", ((shape,) for shape in [dot, *shapes]))


def _box_shape(node: Node, words: Shown, box: Box, at: Point, is_now: bool) -> SafeString:
    x, y = at
    is_end = not node.holder and not is_now
    kind = "node node-now" if is_now else "node node-end" if is_end else "node"
    lines = [("node-end-text" if is_end else "node-text", line) for line in words.lines]
    if words.limit:
        lines.append(("node-note", f"≤{words.limit}"))
    rect = format_html(
        '<rect class="{}" x="{}" y="{}" width="{}" height="{}" rx="8"/>',
        kind, x, y, BOX_WIDTH, box.height,
    )  # fmt: skip
    return rect + format_html_join(
        "",
        '<text class="{}" x="{}" y="{}" text-anchor="middle">{}</text>',
        (
            (kind_of_text, x + BOX_WIDTH // 2, y + LINE_HEIGHT * n + 2, line)
            for n, (kind_of_text, line) in enumerate(lines, 1)
        ),
    )
