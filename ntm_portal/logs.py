"""The log as one JSON object a line.

It says what happened, never with whose data: of a message only the fixed text and none of its values (but of what the
server says of itself), of an error only its kind and where it happened, of a request its path without the query, of an
officer the number.
"""

import json
import logging
import traceback
from datetime import UTC, datetime

FRAMES = 20
SERVER = "gunicorn.error"  # at level INFO: which processes begin and end, on which address


class JsonLines(logging.Formatter):
    """Line breaks and control characters come out escaped, so that nothing can pose as a line of its own."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "event": _event(record),
            **getattr(record, "facts", {}),
        }
        request = getattr(record, "request", None)
        if request_id := getattr(request, "request_id", None):
            line["request_id"] = request_id
        if record.exc_info and record.exc_info[1]:
            line |= _error(record.exc_info[1])
        return json.dumps(line, ensure_ascii=True, default=str)


def _event(record: logging.LogRecord) -> str:
    """The fixed text; numbers, and all that the server says of its own doings, are nobody's data."""
    values = record.args if isinstance(record.args, tuple) else (record.args,)
    harmless = (record.name == SERVER and record.levelno <= logging.INFO) or all(isinstance(one, int) for one in values)
    return record.getMessage() if harmless else str(record.msg)


def _error(error: BaseException) -> dict:
    """Without the message: a database quotes the row that it refuses."""
    frames = traceback.extract_tb(error.__traceback__)[-FRAMES:]
    where = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    return {"error": f"{type(error).__module__}.{type(error).__qualname__}", "where": where}
