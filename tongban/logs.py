"""Structured logs that carry no personal data: JSON lines in production, readable in development.

Every record of every library passes through ``scrubbed``, so that an ID number in an exception's
text or in a request's path is masked like one in our own events.
"""

import re
from collections.abc import Mapping
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

MASK = "▇"
# Any run of 15 to 19 digits counts as an ID number or a bank card, unless a letter stands before
# it as in a case's number. `\d` takes full-width digits too, which people do type.
PERSONAL = re.compile(
    r"(?<!\d)\d{17}[\dXxXx](?!\d)"  # resident ID number
    r"|(?<![\dA-Za-z])\d{15,19}(?!\d)"  # bank card, ID number of the first generation
    r"|(?<!\d)\d{4}(?:[ -]\d{4}){2,3}[ -]\d{1,7}(?!\d)"  # bank card in groups of four
    r"|(?<!\d)(?:(?:\+|00)?86[ -]?)?[1１][3-9３-９]\d[ -]?\d{4}[ -]?\d{4}(?!\d)"  # mobile phone
    r"|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"  # e-mail address
)


def scrub(value: Any) -> Any:
    """The same value with everything that looks like personal data masked, at any depth."""
    if isinstance(value, bool | float | None):
        return value
    if isinstance(value, str):
        return PERSONAL.sub(MASK * 6, value)
    if isinstance(value, int):
        return MASK * 6 if PERSONAL.fullmatch(str(abs(value))) else value
    if isinstance(value, Mapping):
        return {scrub(key): scrub(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [scrub(item) for item in value]
    return scrub(str(value))


def scrubbed(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """structlog processor: masks personal data in an event's every field."""
    return {
        # structlog's own bookkeeping (the record itself) is not printed and stays as it is.
        key: value if key.startswith("_") else scrub(value)
        for key, value in event.items()
    }


def shared_processors() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]


def logging_config(*, debug: bool) -> dict[str, Any]:
    """Settings for ``LOGGING``; also sets structlog up, which has no settings of its own."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared_processors(),
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    renderer: Processor = (
        structlog.dev.ConsoleRenderer(
            colors=False, exception_formatter=structlog.dev.plain_traceback
        )
        if debug
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "structured": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": shared_processors(),
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    # A traceback becomes text before the scrubbing, or it would escape it.
                    structlog.processors.format_exc_info,
                    scrubbed,
                    renderer,
                ],
            }
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "structured"}},
        "root": {"handlers": ["console"], "level": "INFO"},
        "loggers": {
            # Its default handlers print unscrubbed and, with DEBUG off, mail the whole request.
            "django": {"handlers": [], "propagate": True, "level": "INFO"},
            "django.server": {"handlers": [], "propagate": True, "level": "INFO"},
            # A line for every start, every task or every line of an SMTP dialogue; what somebody
            # has to look at comes as a warning.
            "axes": {"level": "WARNING"},
            "celery": {"level": "WARNING"},
            "mail.log": {"level": "WARNING"},
        },
    }
