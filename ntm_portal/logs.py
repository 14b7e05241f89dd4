"""The log as one JSON object a line.

It says what happened, never with whose data: of a message only the fixed text and none of its values, of an error only
its kind and where it happened, of a request its path without the query, of an officer the number.
"""

import json
import logging
import traceback
from datetime import UTC, datetime

FRAMES = 20


class JsonLines(logging.Formatter):
    """Line breaks and control characters come out escaped, so that nothing can pose as a line of its own."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "event": str(record.msg),
            **getattr(record, "facts", {}),
        }
        request = getattr(record, "request", None)
        if request_id := getattr(request, "request_id", None):
            line["request_id"] = request_id
        if record.exc_info and record.exc_info[1]:
            line |= _error(record.exc_info[1])
        return json.dumps(line, ensure_ascii=True, default=str)


def _error(error: BaseException) -> dict:
    """Without the message: a database quotes the row that it refuses."""
    frames = traceback.extract_tb(error.__traceback__)[-FRAMES:]
    where = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    return {"error": f"{type(error).__module__}.{type(error).__qualname__}", "where": where}
