import django.db.models.deletion
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import migrations, models

DEVICES, TOKENS, SESSIONS = "otp_static_staticdevice", "otp_static_statictoken", "django_session"


def readable_codes(connection) -> dict[int, list[str]]:
    """The unused codes of each officer, as django_otp kept them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT d.user_id, t.token FROM otp_static_staticdevice d"
            " JOIN otp_static_statictoken t ON t.device_id = d.id WHERE d.confirmed ORDER BY t.id"
        )
        found: dict[int, list[str]] = {}
        for officer, code in cursor.fetchall():
            found.setdefault(officer, []).append(code)
    return found


def carry_codes_over(apps, schema_editor):
    """Hash what was kept readable, and leave nothing of it. Slow on purpose: a fraction of a second a code."""
    connection = schema_editor.connection
    if not {DEVICES, TOKENS} <= set(connection.introspection.table_names()):
        return
    devices = apps.get_model("communes", "RecoveryCodes").objects.using(connection.alias)
    for officer, codes in readable_codes(connection).items():
        devices.create(user_id=officer, name="Mã dự phòng", digests=[make_password(code) for code in codes])
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE otp_static_statictoken")
        cursor.execute("DROP TABLE otp_static_staticdevice")
        cursor.execute("DELETE FROM django_migrations WHERE app = 'otp_static'")


def empty_earlier_sessions(apps, schema_editor):
    """Nobody reads that table any more; a key that was in use is not left lying there."""
    connection = schema_editor.connection
    if SESSIONS in connection.introspection.table_names():
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM django_session")


class Migration(migrations.Migration):
    dependencies = [("communes", "0004_first_password")]

    operations = [
        migrations.CreateModel(
            name="RecoveryCodes",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(help_text="The human-readable name of this device.", max_length=64)),
                ("confirmed", models.BooleanField(default=True, help_text="Is this device ready for use?")),
                (
                    "throttling_failure_timestamp",
                    models.DateTimeField(
                        blank=True,
                        default=None,
                        help_text="A timestamp of the last failed verification attempt. Null if last attempt succeeded.",
                        null=True,
                    ),
                ),
                (
                    "throttling_failure_count",
                    models.PositiveIntegerField(default=0, help_text="Number of successive failed attempts."),
                ),
                ("digests", models.JSONField(default=list, verbose_name="mã chưa dùng, đã băm")),
                (
                    "user",
                    models.ForeignKey(
                        help_text="The user that this device belongs to.",
                        on_delete=django.db.models.deletion.CASCADE,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={"verbose_name": "mã dự phòng", "verbose_name_plural": "mã dự phòng"},
        ),
        migrations.CreateModel(
            name="Session",
            fields=[
                (
                    "session_key",
                    models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name="session key"),
                ),
                ("session_data", models.TextField(verbose_name="session data")),
                ("expire_date", models.DateTimeField(db_index=True, verbose_name="expire date")),
                (
                    "officer",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="cán bộ",
                    ),
                ),
            ],
            options={"verbose_name": "phiên đăng nhập", "verbose_name_plural": "phiên đăng nhập"},
        ),
        migrations.AddField(
            "officer",
            "password_changed_at",
            models.DateTimeField("đổi mật khẩu lúc", blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            "officer",
            "telephone_changed_at",
            models.DateTimeField("đổi điện thoại xác thực lúc", blank=True, editable=False, null=True),
        ),
        migrations.RunPython(carry_codes_over, migrations.RunPython.noop),
        migrations.RunPython(empty_earlier_sessions, migrations.RunPython.noop),
    ]
