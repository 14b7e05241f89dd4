"""Fill an empty database for a trial; say what is there in any other."""

from django.core.management import call_command
from django.core.management.base import BaseCommand

from communes.models import Officer
from criteria.models import AssessmentRound
from reports.demo import assessments


class Command(BaseCommand):
    help = "Nạp dữ liệu tham chiếu và số liệu minh họa vào cơ sở dữ liệu trống; không đụng đến dữ liệu đã có."

    def handle(self, **options):
        if not AssessmentRound.objects.exists() and not Officer.objects.exists():
            call_command("load_reference", stdout=self.stdout)
            call_command("load_demo", stdout=self.stdout)
            return
        self.stdout.write("Cơ sở dữ liệu đã có dữ liệu, không nạp thêm.")
        known = [name for name, *_ in assessments.ACCOUNTS]
        found = Officer.objects.filter(username__in=known, is_active=True).values_list("username", flat=True)
        if found:
            self.stdout.write(f"Tài khoản dùng thử: {', '.join(sorted(found, key=known.index))}.")
            self.stdout.write("Mật khẩu đã hiện ở lần chạy đầu tiên. Đặt lại mật khẩu của một tài khoản:")
            self.stdout.write("  .venv/bin/python manage.py changepassword <tên đăng nhập>")
