import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from ._province import all_at_work


def give_to_the_provinces_at_work(apps, editor):
    """What was said of a criterion was said of it in every province: each gets its own."""
    assignments = apps.get_model("communes", "Assignment").objects.filter(commune=None)
    first, *others = all_at_work(apps) or [None]
    assignments.update(province=first)
    again = [(row, province) for row in assignments.filter(province=first) for province in others]
    for row, province in again:
        row.pk, row.province = None, province
        row.save(force_insert=True)
    editor.connection.check_constraints()  # PostgreSQL alters no table whose keys are still to be checked


class Migration(migrations.Migration):
    dependencies = [("communes", "0006_department_province"), ("criteria", "0004_dossier")]

    operations = [
        migrations.AddField(
            "assignment",
            "province",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="communes.province",
                verbose_name="tỉnh",
            ),
        ),
        migrations.RemoveConstraint("assignment", "assignment_one_task"),
        migrations.RemoveConstraint("assignment", "assignment_once"),
        migrations.RunPython(give_to_the_provinces_at_work, migrations.RunPython.noop),
        migrations.AddConstraint(
            "assignment",
            models.CheckConstraint(
                condition=Q(commune__isnull=False, criterion__isnull=True, province__isnull=True)
                | Q(commune__isnull=True, criterion__isnull=False, province__isnull=False),
                name="assignment_one_task",
                violation_error_message="Phải ghi một xã hoặc một tiêu chí, không ghi cả hai.",
            ),
        ),
        migrations.AddConstraint(
            "assignment",
            models.UniqueConstraint(
                F("department"),
                Coalesce("commune", 0),
                Coalesce("criterion", 0),
                Coalesce("province", 0),
                F("year_from"),
                name="assignment_once",
                violation_error_message="Phân công này đã được ghi.",
            ),
        ),
    ]
