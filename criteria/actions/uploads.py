"""Keeping a file that was sent, and writing what it says."""

import hashlib
from pathlib import PurePath

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from communes.models import Officer
from criteria.models import AssessmentRound, Upload


def keep(content: bytes, filename: str, round: AssessmentRound, *, by: Officer) -> Upload:
    """Keep a file for its preview."""
    return Upload.objects.create(
        round=round,
        by=by,
        at=timezone.now(),
        filename=PurePath(filename).name[-200:],
        sha256=hashlib.sha256(content).hexdigest(),
        content=content,
    )


@transaction.atomic
def take(upload: Upload) -> Upload:
    """The upload, locked, when it is still to be written. Raises ``ValidationError`` when it was written before."""
    locked = Upload.objects.select_for_update().get(pk=upload.pk)
    if locked.committed_at:
        raise ValidationError("Tệp này đã được ghi.")
    return locked


def finish(upload: Upload, counts: dict, reason: str) -> None:
    """Note that an upload was written, in the transaction that wrote it."""
    upload.committed_at, upload.counts, upload.reason = timezone.now(), counts, reason
    upload.save(update_fields=["committed_at", "counts", "reason"])
