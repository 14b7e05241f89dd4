import django.core.validators
from django.db import migrations, models

NOT_NEGATIVE = django.core.validators.MinValueValidator(0, "Số tiền không được âm.")


class Migration(migrations.Migration):
    dependencies = [("communes", "0002_money")]

    operations = [
        migrations.AddField(
            "registration",
            "needs",
            models.DecimalField(
                "nhu cầu vốn (triệu đồng)", max_digits=14, decimal_places=3, null=True, blank=True,
                validators=[NOT_NEGATIVE],
            ),
        ),
        migrations.AddField("registration", "deadline", models.DateField("hạn hoàn thành", null=True, blank=True)),
        migrations.AddField(
            "registration", "result", models.CharField("kết quả", max_length=300, blank=True, default=""),
            preserve_default=False,
        ),
        migrations.AddField(
            "registration",
            "withdrawn_on",
            models.DateField(
                "ngày rút đăng ký", null=True, blank=True, help_text="Đăng ký đã rút không tính nữa."
            ),
        ),
        migrations.AddConstraint(
            "registration",
            models.CheckConstraint(
                condition=models.Q(needs__isnull=True) | models.Q(needs__gte=0),
                name="registration_needs_not_negative",
                violation_error_message="Nhu cầu vốn không được âm.",
            ),
        ),
    ]  # fmt: skip
