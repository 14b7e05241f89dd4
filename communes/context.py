"""What every page says about its data."""

from .models import Province

ILLUSTRATIVE = "Số liệu minh họa, hiệu chỉnh theo Kết luận 301-KL/TU; không phải số liệu chính thức của từng xã."


def note_for(province: Province | None) -> str:
    """The note that pages and files carry while illustrative data is in the database."""
    return ILLUSTRATIVE if province and province.illustrative else ""


def data_note(request):
    """Context processor: ``data_note`` for the banner. A signed-in officer's province is already at hand."""
    officer = getattr(request, "user", None)
    if officer is not None and officer.is_authenticated:
        return {"data_note": note_for(officer.province)}
    return {"data_note": note_for(Province.objects.filter(illustrative=True).first())}
