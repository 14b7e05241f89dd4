"""Takes or compares golden folders; exit code 1 when there are differences that are not accepted (see ``--help``)."""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

from .comparing import accepted, report


def main(arguments: list[str] | None = None) -> int:
    options = _options(arguments)
    if options.what == "take":
        return _take(options.folder, options.only)
    if options.other:
        return report(options.folder, options.other, accepted(), options.only)
    with tempfile.TemporaryDirectory() as folder:
        _take(Path(folder), options.only)
        return report(options.folder, Path(folder), accepted(), options.only)


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.golden", description=__doc__)
    tasks = parser.add_subparsers(dest="what", required=True)
    take = tasks.add_parser("take", help="write everything the portal says into a folder")
    take.add_argument("folder", type=Path)
    compare = tasks.add_parser("compare", help="a folder with another, or with the code as it stands")
    compare.add_argument("folder", type=Path)
    compare.add_argument("other", type=Path, nargs="?")
    for task in (take, compare):
        task.add_argument(
            "--only", default="", metavar="REGEX", help="of what is asked: found in “role address”, e.g. '^staff /xa/'"
        )
    return parser.parse_args(arguments)


def _take(folder: Path, only: str) -> int:
    os.environ.setdefault("DATABASE_URL", "sqlite://:memory:")
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django

    django.setup()
    import logging

    from django.conf import settings

    settings.DEBUG = False  # people are shown the portal's own pages of refusal, not those for engineers

    from .stage import portal
    from .taking import take

    logging.disable(logging.CRITICAL)  # refusals are answers here
    began = time.process_time()
    with portal() as stage:
        counts = take(folder, stage, only=only)
    size = sum(path.stat().st_size for path in folder.rglob("*.json"))
    print(", ".join(f"{count} {kind}" for kind, count in sorted(counts.items())))
    print(
        f"{sum(counts.values())} answers, {size / 1e6:.0f} MB, {time.process_time() - began:.0f} s of processor time."
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
