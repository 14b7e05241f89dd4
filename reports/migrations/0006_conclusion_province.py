import django.db.models.deletion
from django.db import migrations, models

from communes.migrations._province import at_work


def give_to_the_office(apps, editor):
    conclusions = apps.get_model('reports', 'Conclusion').objects
    if conclusions.exists():
        conclusions.update(province=at_work(apps))


class Migration(migrations.Migration):

    dependencies = [
        ('communes', '0004_first_password'),
        ('criteria', '0004_dossier'),
        ('reports', '0005_arrears_measure'),
    ]

    operations = [
        migrations.AddField(
            model_name='conclusion',
            name='province',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='communes.province', verbose_name='tỉnh'),
        ),
        migrations.RunPython(give_to_the_office, migrations.RunPython.noop),
        migrations.AlterField(
            model_name='conclusion',
            name='province',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='communes.province', verbose_name='tỉnh'),
        ),
        migrations.AlterField(
            model_name='conclusion',
            name='number',
            field=models.CharField(max_length=40, verbose_name='số, ký hiệu'),
        ),
        migrations.AlterField(
            model_name='conclusion',
            name='slug',
            field=models.SlugField(max_length=40, verbose_name='đường dẫn'),
        ),
        migrations.AddConstraint(
            model_name='conclusion',
            constraint=models.UniqueConstraint(fields=('province', 'number'), name='conclusion_number', violation_error_message='Tỉnh đã có văn bản mang số, ký hiệu này.'),
        ),
        migrations.AddConstraint(
            model_name='conclusion',
            constraint=models.UniqueConstraint(fields=('province', 'slug'), name='conclusion_slug', violation_error_message='Tỉnh đã có văn bản mang đường dẫn này.'),
        ),
    ]
