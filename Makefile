# Everything that is run by hand or by .ci/run. `make help` lists it.

VENV = .venv
BIN = $(VENV)/bin
ADDRESS ?= 127.0.0.1:8000
export PYTHONUTF8 = 1
PIP = $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: help run test check scripts audit bench soak mutants golden serve backup restore wheelhouse clean
.DEFAULT_GOAL := help

help:  ## this list
	@sed -n 's/^\([a-z]*\):.*## /make \1\t/p' Makefile | expand -t 18

run: export DEBUG = true
run: $(VENV)/.run  ## the portal with its trial data on http://127.0.0.1:8000/ (ADDRESS=…, DATABASE_URL=…)
	@echo "Chuẩn bị cơ sở dữ liệu …"
	@$(BIN)/python manage.py migrate --verbosity 0
	@$(BIN)/python manage.py first_run
	@echo "Mở cổng thông tin tại http://$(ADDRESS)/ (dừng: Ctrl+C) …"
	@$(BIN)/python manage.py runserver $(ADDRESS) --noreload

test: $(VENV)/.dev  ## all tests on DATABASE_URL, by default SQLite; browser tests where there is a Chromium (ARGS=…)
	$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist worksteal $(ARGS)

check: export DEBUG = true
check: export DATABASE_URL = sqlite://:memory:
check: $(VENV)/.dev  ## format, lint, layers, types, templates, migrations, the house's own rules, scripts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/djlint --lint --quiet --allow-empty-input templates
	$(BIN)/lint-imports --no-cache --no-logo
	$(BIN)/mypy
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python manage.py check
	$(BIN)/python -m pytest -q tests/test_house.py
	@$(MAKE) --no-print-directory scripts

scripts:  ## syntax, style and unit tests of the JavaScript, with a node from version 18 where there is one
	@if ! command -v node >/dev/null; then echo "Không có node: bỏ qua phần kiểm tra JavaScript."; else \
	    for script in static/*.js; do node --check "$$script" || exit 1; done; \
	    node --test --test-reporter=spec tests/javascript/*.test.js; fi

audit: $(VENV)/.dev  ## known vulnerabilities of the installed libraries: asks a public service, so it needs the internet
	@test -x $(VENV)/audit/bin/pip-audit || { $(BIN)/python -m venv $(VENV)/audit && \
	    $(VENV)/audit/bin/python -m pip install --quiet --disable-pip-version-check pip-audit; }
	$(VENV)/audit/bin/pip-audit --strict --path "$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')"

bench: $(VENV)/.dev  ## the ratios of speed that the portal promises (PostgreSQL: DATABASE_URL=…; some minutes)
	$(BIN)/python -m tests.bench $(ARGS)

soak: $(VENV)/.dev  ## heavy proofs: ARGS="entry --kill" 50 writers at once, ARGS="sheet" a country's sheet, ARGS="drill" backups, ARGS="roll" restarts, ARGS="storm" a deadline, ARGS="mutants" planted faults, ARGS="matrix" the suite with every combination and width
	$(BIN)/python -m tests.soak $(or $(ARGS),entry)

mutants: $(VENV)/.dev  ## small faults planted in the modules that decide: does a test notice? (ARGS="--seed 8 criteria/rules/verdicts.py")
	$(BIN)/python -m tests.soak mutants $(ARGS)

golden: $(VENV)/.dev  ## all the portal says and writes, as text: ARGS="take golden/", ARGS="compare golden/" with the code as it stands, ARGS="compare A B"
	$(BIN)/python -m tests.golden $(or $(ARGS),--help)

serve: export DEBUG = false
serve: export SECRET_KEY ?= $(shell python3 -c 'import secrets; print(secrets.token_urlsafe(50))')
serve: export ALLOWED_HOSTS ?= 127.0.0.1,localhost
serve: export SSL_REDIRECT ?= false
serve: $(VENV)/.run  ## the production set-up on PostgreSQL (DATABASE_URL=…): collected files, gunicorn on ADDRESS
	@case "$(DATABASE_URL)" in postgres*) ;; *) \
	    echo "Hãy đặt DATABASE_URL=postgres://người-dùng:mật-khẩu@máy/tên rồi chạy lại." >&2; exit 1;; esac
	@$(BIN)/python manage.py migrate --verbosity 0
	@$(BIN)/python manage.py collectstatic --noinput --verbosity 0
	@echo "Mở cổng thông tin tại http://$(ADDRESS)/ (dừng: Ctrl+C) …"
	@$(BIN)/gunicorn --config deploy/gunicorn.conf.py --bind $(ADDRESS)

backup: $(VENV)/.run  ## back the database up into BACKUP_DIR while people go on working (ARGS="--keep 30")
	@$(BIN)/python manage.py backup $(ARGS)

restore: $(VENV)/.run  ## restore a backup and prove it (FILE=…, ARGS=--replace)
	@test -n "$(FILE)" || { echo "Hãy nêu tệp: make restore FILE=backups/ntm-….dump" >&2; exit 1; }
	@$(BIN)/python manage.py restore "$(FILE)" $(ARGS)

wheelhouse: requirements.txt | $(BIN)/python  ## all libraries as files in wheelhouse/, for a machine without internet
	@$(BIN)/python -m pip download --quiet --disable-pip-version-check --dest wheelhouse -r requirements.txt pip
	@echo "Đã tải $$(ls wheelhouse | wc -l) tệp vào wheelhouse/."

clean:  ## remove the environment, caches and collected files; the database stays
	rm -rf $(VENV) .template staticfiles .pytest_cache .ruff_cache .mypy_cache .hypothesis .mutants test-results
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@for python in $(PYTHON) python3 python3.13 python3.12 python3.11; do \
	    $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && found=$$python && break; \
	done; \
	test -n "$$found" || { echo "Cần Python từ bản 3.11; hãy cài rồi chạy lại (hoặc: make run PYTHON=/đường/dẫn/python3)." >&2; exit 1; }; \
	$$found -c 'import ensurepip, venv' 2>/dev/null || { echo "Python thiếu mô-đun venv; trên Debian/Ubuntu: apt install python3-venv, rồi chạy lại." >&2; exit 1; }; \
	echo "Tạo môi trường Python trong $(VENV) …"; \
	$$found -m venv --clear $(VENV)

$(VENV)/.run: requirements.txt | $(BIN)/python
	@echo "Cài các thư viện (lần đầu mất khoảng một phút) …"
	@$(PIP) -r requirements.txt || { echo "Không cài được thư viện; hãy kiểm tra kết nối mạng rồi chạy lại." >&2; exit 1; }
	@touch $@

$(VENV)/.dev: requirements-dev.txt requirements.txt | $(BIN)/python
	@echo "Cài các thư viện và công cụ kiểm thử …"
	@$(PIP) -r requirements-dev.txt || { echo "Không cài được thư viện; hãy kiểm tra kết nối mạng rồi chạy lại." >&2; exit 1; }
	@touch $@ $(VENV)/.run
