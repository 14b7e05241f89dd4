"""One database measured: `python -m tests.bench.measuring`, which the benchmark starts with a ``DATABASE_URL``.

A process of its own, since Django keeps to the database it began with. Prints the findings as JSON.
"""

import argparse
import json
import os
import sys
from dataclasses import asdict

import django
from django.conf import settings
from django.core.management import call_command

from .timing import FULL, QUICK


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--import-only", action="store_true")
    parser.add_argument("--nation", action="store_true")
    options = parser.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    settings.DEBUG = False  # or Django would keep a log of every query
    django.setup()
    call_command("migrate", verbosity=0)
    from .suite import measure, measure_nation, version  # models can be imported only now

    effort = QUICK if options.quick else FULL
    found = measure_nation(effort) if options.nation else measure(effort, options.import_only)
    json.dump({"version": version(), "measured": [asdict(one) for one in found]}, sys.stdout)


if __name__ == "__main__":
    main()
