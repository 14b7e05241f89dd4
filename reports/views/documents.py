"""What a document states beside what the data gives."""

from django.shortcuts import get_object_or_404, render

from communes.access import EVERY_ROLE, allow

from ..comparison import compare
from ..models import Conclusion, StatedFigure


@allow(*EVERY_ROLE)
def document_list(request):
    return render(request, "reports/documents.html", {"documents": Conclusion.objects.all()})


@allow(*EVERY_ROLE)
def document(request, slug):
    stated = list(StatedFigure.objects.filter(conclusion__slug=slug).select_related("conclusion"))
    conclusion = stated[0].conclusion if stated else get_object_or_404(Conclusion, slug=slug)
    context = {"document": conclusion, "rows": compare(stated, request.user.province)}
    return render(request, "reports/document.html", context)
