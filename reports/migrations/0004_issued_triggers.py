from django.db import migrations

from reports.triggers import ISSUED


class Migration(migrations.Migration):
    dependencies = [("reports", "0003_issued")]
    operations = [
        migrations.RunPython(
            lambda apps, editor: ISSUED.create(editor.connection),
            lambda apps, editor: ISSUED.drop(editor.connection),
        )
    ]
