"""PURE: the states of an assessment, who may take which step, and what may be changed in which state."""

from collections.abc import Iterable
from enum import StrEnum


class State(StrEnum):
    """Đang nhập, đã nộp, đã duyệt, trả lại."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    RETURNED = "returned"


class Step(StrEnum):
    """What can be done: to an assessment, or (open, close, reopen) to a whole round."""

    EDIT = "edit"
    SUBMIT = "submit"
    APPROVE = "approve"
    SEND_BACK = "send_back"
    OPEN = "open"
    CLOSE = "close"
    REOPEN = "reopen"


NAMES = {
    State.DRAFT: "Đang nhập",
    State.SUBMITTED: "Đã nộp",
    State.APPROVED: "Đã duyệt",
    State.RETURNED: "Trả lại",
}
STEP_NAMES = {
    Step.SUBMIT: "Nộp",
    Step.APPROVE: "Duyệt",
    Step.SEND_BACK: "Trả lại",
    Step.OPEN: "Mở kỳ đánh giá",
    Step.CLOSE: "Khóa năm",
    Step.REOPEN: "Mở lại năm",
}
RIGHTS = {
    Step.EDIT: frozenset({"staff", "admin"}),
    Step.SUBMIT: frozenset({"staff", "admin"}),
    Step.APPROVE: frozenset({"leader"}),
    Step.SEND_BACK: frozenset({"leader"}),
    Step.OPEN: frozenset({"staff", "admin"}),
    Step.CLOSE: frozenset({"leader"}),
    Step.REOPEN: frozenset({"leader"}),
}
MOVES = {
    (State.DRAFT, Step.SUBMIT): State.SUBMITTED,
    (State.RETURNED, Step.SUBMIT): State.SUBMITTED,
    (State.SUBMITTED, Step.APPROVE): State.APPROVED,
    (State.SUBMITTED, Step.SEND_BACK): State.RETURNED,
    (State.APPROVED, Step.SEND_BACK): State.RETURNED,
}
NEEDS_REASON = frozenset({Step.SEND_BACK, Step.REOPEN})
REASONS = (
    "Nhập nhầm",
    "Có số liệu chính thức",
    "Theo kết quả thẩm tra của huyện",
    "Theo kết quả thẩm định của tỉnh",
)


class NotAllowed(ValueError):
    """A step that may not be taken. The message is Vietnamese, for the officer who tried."""


def may(role: str, step: Step) -> bool:
    """Whether a role may take a step at all."""
    return role in RIGHTS[step]


def after(state: State, step: Step) -> State:
    """The state a step leads to. Raises ``NotAllowed``."""
    if (state, step) not in MOVES:
        raise NotAllowed(f"Không thể “{STEP_NAMES[step]}” khi xã ở trạng thái “{NAMES[state]}”.")
    return MOVES[state, step]


def before(step: Step) -> list[State]:
    """The states in which a step can be taken."""
    return [state for state, taken in MOVES if taken == step]


def steps(role: str, states: Iterable[State]) -> list[Step]:
    """The steps a role may take on assessments in any of ``states``, in the order of the work."""
    present = set(states)
    return [step for step in STEP_NAMES if may(role, step) and any((state, step) in MOVES for state in present)]


def lock(state: State, reason: str) -> str:
    """Why figures in this state may not be changed, or nothing. An approved figure changes only with a reason."""
    if state == State.SUBMITTED:
        return "Xã đã nộp, đang chờ duyệt; muốn sửa phải được trả lại."
    if state == State.APPROVED and not reason:
        return "Số liệu đã duyệt: sửa cần ghi lý do."
    return ""
