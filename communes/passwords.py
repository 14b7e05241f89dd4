"""What a password may not be, beside short and common; and passwords for one use."""

import secrets
from itertools import pairwise

from django.core.exceptions import ValidationError

from .text import fold

CONTEXT = ("nongthonmoi", "vanphong", "dieuphoi", "matkhau", "password", "quantri", "chuyenvien", "lanhdao")
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that is misread on paper
GROUPS, GROUP = 4, 4


class ContextWords:
    """Refuses words of the office, the province, the district and the own name, however written; and plain runs."""

    def validate(self, password, user=None):
        plain = _letters(password)
        if _monotonous(plain):
            raise ValidationError("Mật khẩu là dãy ký tự lặp hoặc liên tiếp, rất dễ đoán.", code="monotonous")
        found = next((word for word in (*CONTEXT, *_own_words(user)) if word in plain), "")
        if found:
            raise ValidationError(
                f"Mật khẩu không được chứa “{found}”: từ ngữ của cơ quan, địa bàn và họ tên dễ bị đoán.",
                code="context_word",
            )

    def get_help_text(self):
        return "Không dùng tên cơ quan, địa bàn, họ tên hay tên đăng nhập; không đòi chữ hoa, chữ số hay ký hiệu."


def _letters(text: str) -> str:
    return "".join(c for c in fold(text) if c.isalnum())


def _monotonous(text: str) -> bool:
    """Few different characters, or most of them one after the other: ``111122223333``, ``123456789012``."""
    steps = [ord(after) - ord(before) for before, after in pairwise(text)]
    return len(set(text)) < 5 or sum(step in (-1, 0, 1) for step in steps) > len(steps) / 2


def _own_words(user) -> list[str]:
    if user is None or not getattr(user, "province_id", None):
        return []
    names = [user.username, user.full_name, user.province.name, user.district.name if user.district else ""]
    return [word for word in map(_letters, names) if len(word) > 3]


def one_time() -> str:
    """A password for the first sign-in, easy to read out: ``k7mp-…`` (79 bits)."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(GROUP)) for _ in range(GROUPS))
