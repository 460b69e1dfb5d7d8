"""Messages to the workers: a Celery task by its name, so that no action imports its own tasks."""

import structlog
from celery import current_app

log = structlog.get_logger(__name__)


def send_task(name: str, argument: object) -> bool:
    """Whether the broker took it. One that is down does no harm: what waits is a row that a sweep
    finds again."""
    try:
        current_app.send_task(name, [argument])
    except Exception as problem:  # each broker raises its own kind
        log.warning("broker_down", exc_info=problem)
        return False
    return True
