"""Load the illustrative data of ``fixtures/demo`` and make the trial accounts."""

from django.core.management.base import BaseCommand, CommandError

from communes.models import Province
from reports.demo import assessments


class Command(BaseCommand):
    help = "Nạp số liệu minh họa và tài khoản dùng thử (mật khẩu: biến DEMO_PASSWORD, hoặc tự sinh)."

    def handle(self, **options):
        province = Province.objects.first()
        if province is None:
            raise CommandError("Chưa có dữ liệu tham chiếu. Hãy chạy: python manage.py load_reference")
        if province.illustrative:
            raise CommandError("Số liệu minh họa đã có trong cơ sở dữ liệu; không nạp lại.")
        self.stdout.write("Nạp số liệu minh họa:")
        password = assessments.load(self.stdout.write)
        self.stdout.write("Tài khoản dùng thử (mật khẩu chung: " + password + "):")
        for username, title, _role, _district in assessments.ACCOUNTS:
            self.stdout.write(f"  {username:<12} {title}")
