"""The recovery codes on paper, for who lost the telephone: only their salted hashes are kept."""

import secrets

from django.contrib.auth.hashers import check_password, make_password
from django.db import models, transaction
from django_otp.models import Device, ThrottlingMixin

from communes.passwords import ALPHABET

CODES, LENGTH = 10, 10
PAPER = "Mã dự phòng"


def new_codes() -> list[str]:
    return ["".join(secrets.choice(ALPHABET) for _ in range(LENGTH)) for _ in range(CODES)]


class RecoveryCodes(ThrottlingMixin, Device):
    """What an officer has left of the codes. Each is hashed as passwords are: 50 bits could be tried out otherwise."""

    digests = models.JSONField("mã chưa dùng, đã băm", default=list)

    class Meta:
        verbose_name = "mã dự phòng"
        verbose_name_plural = "mã dự phòng"

    @staticmethod
    def digests_of(codes: list[str]) -> list[str]:
        """Slow on purpose: all of them take seconds."""
        return [make_password(code) for code in codes]

    def get_throttle_factor(self) -> int:
        return 1

    def verify_token(self, token: str) -> bool:
        """Whether it is one of the codes, which is used up then. Every code that is typed comes here, the telephone's
        too; one of another length is neither hashed nor counted as a failure."""
        if len(token) != LENGTH:
            return False
        with transaction.atomic():
            kept = RecoveryCodes.objects.select_for_update().filter(pk=self.pk).first()
            return kept is not None and kept._use_up(token)

    def _use_up(self, token: str) -> bool:
        allowed, _ = self.verify_is_allowed()
        if not allowed:
            return False
        used = next((digest for digest in self.digests if check_password(token, digest)), None)
        if used is None:
            self.throttle_increment()
            return False
        self.digests.remove(used)
        self.throttle_reset()
        return True
