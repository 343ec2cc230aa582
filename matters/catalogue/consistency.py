"""Does a definition hold together, and does it fit its flow?"""

from collections import Counter
from collections.abc import Iterable, Iterator

from matters.catalogue import registry
from matters.catalogue.bundle import problems_of_bundle
from matters.catalogue.definition import Definition
from matters.catalogue.field_checks import problems_of_fields
from matters.catalogue.registry import FlowShape, FlowUnknown
from matters.catalogue.scope import known_zones
from matters.catalogue.situation_checks import problems_of_situations
from tongban.certificates.kinds import kinds


def problems_of(definition: Definition, flow: str) -> list[str]:
    """What is wrong, in Chinese sentences for whoever keeps the data; empty if nothing is.

    While no flow at all is registered (the catalogue without `workflows`) only the definition
    itself is judged.
    """
    found = list(_problems_within(definition))
    if registry.shapes():
        try:
            found += _problems_with_flow(definition, registry.shape(flow))
        except FlowUnknown:
            found.append(f"没有流程 {flow}")
    return found


def _problems_within(definition: Definition) -> Iterator[str]:
    yield from _twice(definition)
    yield from _problems_of_seats(definition)
    for zone in sorted(set(definition.zones) - known_zones()):
        yield f"没有毗邻地区 {zone}，见 offices/data/regions.csv"
    yield from problems_of_fields(definition)
    yield from _problems_of_certificates(definition)
    yield from _problems_of_limits(definition)
    yield from _problems_of_certainty(definition)
    yield from _problems_of_guide(definition)
    if definition.yellow_percent > definition.red_percent:
        yield (
            f"黄灯比例 {definition.yellow_percent}% 晚于红灯比例 {definition.red_percent}%，"
            "黄灯须先于红灯"
        )
    yield from problems_of_situations(definition)
    yield from problems_of_bundle(definition)


def _twice(definition: Definition) -> Iterator[str]:
    lists: tuple[tuple[str, Iterable[str]], ...] = (
        ("席位", (rule.seat for rule in definition.seats)),
        ("环节", (stage.code for stage in definition.stages)),
        ("字段", (field.code for field in definition.fields)),
        ("材料", (material.code for material in definition.materials)),
        ("分项", (part.code for part in definition.parts)),
        ("特别程序", (procedure.name for procedure in definition.special_procedures)),
    )
    for word, codes in lists:
        yield from (
            f"{word} {code} 写了两次" for code, times in Counter(codes).items() if times > 1
        )


def _problems_of_seats(definition: Definition) -> Iterator[str]:
    fields = {field.code: field for field in definition.fields}
    for rule in definition.seats:
        if (code := rule.region_field) is None:
            continue
        if code not in fields:
            yield f"席位 {rule.seat} 按字段 {code} 定地区，但没有这个字段"
        elif fields[code].kind != "region" or not fields[code].required:
            yield f"席位 {rule.seat} 按字段 {code} 定地区，该字段须为必填的 region"
        elif rule.level == "township" and fields[code].region_level != "township":
            yield f"席位 {rule.seat} 在乡镇街道，字段 {code} 的 region_level 须为 township"
    seats = {rule.seat for rule in definition.seats}
    for stage in definition.stages:
        if stage.seat not in seats:
            yield f"环节 {stage.code} 的席位 {stage.seat} 没有指定机构"
    for procedure in definition.special_procedures:
        if procedure.seat and procedure.seat not in seats:
            yield f"特别程序 {procedure.name} 的席位 {procedure.seat} 没有指定机构"


def _problems_of_certificates(definition: Definition) -> Iterator[str]:
    for paper in definition.materials:
        if paper.certificate not in (None, "none", *kinds()):
            yield f"材料 {paper.code} 的证照 {paper.certificate} 不在证照对照表 kinds.yaml 中"


def _problems_of_limits(definition: Definition) -> Iterator[str]:
    cited = definition.legal_basis
    by_law = [("延长", definition.extension), ("视为受理", definition.deemed_acceptance)]
    grounds = [(word, rule.basis) for word, rule in by_law if rule]
    grounds += [(f"特别程序{each.name}", each.basis) for each in definition.special_procedures]
    for word, basis in grounds:
        if basis not in cited:
            yield f"{word}的依据“{basis}”不在设定依据 legal_basis 中"
    promise, statutory, extension = definition.promise, definition.statutory, definition.extension
    if extension and not statutory:
        yield "有延长，却没有法定时限"
    if extension and statutory and extension.limit.unit != statutory.unit:
        yield "延长与法定时限的单位不同"
    if (
        promise
        and statutory
        and promise.unit == statutory.unit
        and promise.amount > statutory.amount
    ):
        yield f"承诺时限 {promise.text}长于法定时限 {statutory.text}"


def _problems_of_certainty(definition: Definition) -> Iterator[str]:
    for key in definition.certainty:
        whole, _, part = key.partition(".")
        if whole not in Definition.model_fields:
            yield f"certainty 写了 {key}，没有这一项"
        elif part and not _has_part(definition, whole, part):
            word = "时限" if whole == "hops" else "项，或它未公布"
            yield f"certainty 写了 {key}，没有这个{word}"
        elif not getattr(definition, whole):
            yield f"certainty 写了 {key}，但该项未公布"


def _problems_of_guide(definition: Definition) -> Iterator[str]:
    guide = definition.guide
    if guide.visit_reason and guide.visits == 0:
        yield "到现场次数为 0，不能有必须现场原因"
    if guide.charges == "no" and guide.fee_basis:
        yield "写明不收费，却有收费依据"


def _has_part(definition: Definition, whole: str, part: str) -> bool:
    if whole == "hops":
        return part in definition.hops
    return whole == "guide" and getattr(definition.guide, part, None) not in (None, "")


def _problems_with_flow(definition: Definition, flow: FlowShape) -> Iterator[str]:
    filled = [rule.seat for rule in definition.seats]
    for seat in flow.seats:
        if seat not in filled:
            yield f"流程 {flow.name} 的席位 {seat} 没有指定机构"
    for seat in filled:
        if seat not in (*flow.seats, *flow.optional_seats):
            yield f"流程 {flow.name} 没有席位 {seat}"
    for state in definition.hops:
        if state not in flow.states:
            yield f"时限写给状态 {state}，流程 {flow.name} 没有这个状态"
    for step, elsewhere in definition.elsewhere.items():
        if step not in flow.steps_with_form:
            yield f"{step} 写明在{elsewhere.system}办理，流程 {flow.name} 没有这个可回填的步骤"
    if flow.stage_states and not definition.stages:
        yield f"流程 {flow.name} 须至少有一个环节"
    if definition.stages and not flow.stage_states:
        yield f"流程 {flow.name} 没有按环节办理的状态，不能写环节"
