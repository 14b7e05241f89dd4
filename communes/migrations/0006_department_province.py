import django.db.models.deletion
import django.db.models.functions.comparison
from django.db import migrations, models
from django.db.models import Q


def give_to_the_only_province(apps, editor):
    """What no criteria set names is the office's own. Of several provinces nobody can say whose it is: it stays shared."""
    provinces = list(apps.get_model("communes", "Province").objects.all()[:2])
    if len(provinces) == 1:
        parts = (apps.get_model("criteria", name) for name in ("Criterion", "Indicator"))
        leads = [part.objects.exclude(lead=None).values("lead") for part in parts]
        own = ~Q(pk__in=leads[0]) & ~Q(pk__in=leads[1])
        apps.get_model("communes", "Department").objects.filter(own).update(province=provinces[0])


class Migration(migrations.Migration):

    dependencies = [
        ('communes', '0005_recovery_codes'),
        ('criteria', '0004_dossier'),
    ]

    operations = [
        migrations.AddField(
            model_name='department',
            name='province',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='communes.province', verbose_name='tỉnh'),
        ),
        migrations.RunPython(give_to_the_only_province, migrations.RunPython.noop),
        migrations.AlterField(
            model_name='department',
            name='name',
            field=models.CharField(max_length=120, verbose_name='tên'),
        ),
        migrations.AddConstraint(
            model_name='department',
            constraint=models.UniqueConstraint(models.F('name'), django.db.models.functions.comparison.Coalesce('province', 0), name='department_once', violation_error_message='Sở, ngành này đã có.'),
        ),
    ]
