# The whole developer manual: setup, demo, quick, test, check. Each works from a fresh clone by itself.
# Needs Python 3.11 or newer, make and apt. Everything Python goes into .venv; nothing else is touched.

PYTHON ?= $(shell for each in python3.11 python3.12 python3.13 python3; do \
	command -v $$each >/dev/null && $$each -c 'import sys; sys.exit(sys.version_info < (3, 11))' && echo $$each && break; done)
BIN := .venv/bin
# Two workers more than CPUs: most tests wait for a device, a broker or a disk.
TESTS ?= -n 4 --dist worksteal
# The rooms of the centre that lock and compute; `make postgresql` runs all of them.
ON_POSTGRESQL := database ledger

.PHONY: setup demo test postgresql quick long met met-told browser slow faults faults-line faults-centre day boot boot-short quick-pythons deb install-centre install-terminal check pictures contract openapi commands alarms bench-kiosk bench-screens bench-roster bench-proof bench-qr bench-startup bench-flood bench-take-over bench-web clean

## Install what is missing: Debian packages (config/debian-packages), then .venv with the pinned requirements.
setup: .venv/installed

.venv/installed: requirements.txt pyproject.toml config/debian-packages.txt .ci/setup
	@PYTHON="$(PYTHON)" sh .ci/setup
	@touch $@

## Play a working day in a minute, and compare the hours with what its script foresees. KEEP=1 goes on with an
## example city to look at, until Ctrl-C.
demo: setup
	@$(BIN)/muster demo $(if $(KEEP),--keep)

## Check, then run the tests, in less than ten minutes; with PostgreSQL once more those of what it locks.
test: check
	@$(BIN)/pytest $(TESTS)
	@$(BIN)/python tests/postgresql.py $(BIN)/pytest $(TESTS) $(addprefix tests/settlement/,$(ON_POSTGRESQL))

## All tests of the centre with PostgreSQL: pages, reports, commands and the like too.
postgresql: setup
	@$(BIN)/python tests/postgresql.py $(BIN)/pytest $(TESTS) tests/settlement --ignore=tests/settlement/rules

## The pure tests, in less than a minute: no database, broker, process or device; tests/quick.py chooses them.
quick: setup
	@$(BIN)/pytest -p tests.quick -p no:django -n auto --dist worksteal

## Whole processes through more faults than `make test` has time for; CI runs them.
long: setup
	@$(BIN)/pytest $(TESTS) -m long

## What the tests of `make test` and `make long` meet of all routes, operations, templates, commands, topics and
## troubles, and what none of them does; some of it is met with PostgreSQL only.
met: setup
	@rm -rf build/met
	@MUSTER_MET=$(CURDIR)/build/met $(BIN)/pytest $(TESTS) -m "not slow and not browser"
	@MUSTER_MET=$(CURDIR)/build/met $(BIN)/python tests/postgresql.py $(BIN)/pytest $(TESTS) tests/settlement/database
	@MUSTER_MET=$(CURDIR)/build/met $(BIN)/python -m tests.met

## The same of tests that ran already with MUSTER_MET set, as CI runs them.
met-told: setup
	@$(BIN)/python -m tests.met

## The tests that take minutes: fuzzing with 200,000 inputs a parser, 10,000 generated days, and more.
slow: setup
	@$(BIN)/pytest $(TESTS) -m slow --timeout 3600

## The faults at length: 500 rounds of kills, power cuts, torn pages, wrong clocks …; ends with a table of what
## was shown and what was kept. Power cuts and full disks need root, who may mount disks.
faults: setup
	@$(BIN)/python -m tests.faults --write

## The faults of line and centre at length: 500 rounds on real processes, killed, stopped, put back, cut off, slowed
## and flooded; the table goes to docs/reliability.md.
faults-line: setup
	@$(BIN)/python -m tests.nemesis --write

## Fail-overs: servers of PostgreSQL that take over from each other, Patroni, PgBouncer, brokers of three nodes (RabbitMQ,
## NATS). With Debian's packages; what is not installed is named and left out.
faults-centre: setup
	@$(BIN)/python -m tests.nemesis.centre --write
	@$(BIN)/python -m tests.clusters --write

## A day of 400 volunteers at one terminal, with their mistakes, two power cuts and an hour of a wrong clock.
day: setup
	@folder=$$(mktemp -d) && $(BIN)/python -m tests.day $$folder && rm -r $$folder

## Boot a centre and a terminal from nothing (Debian 12 and 13, a real systemd) and perform docs/install.md on them.
## Needs root, debootstrap and systemd-container; roots are kept in var/boot. BOOT=bookworm plays one release.
boot: setup
	@command -v debootstrap systemd-nspawn >/dev/null || { echo "Needs: apt-get install debootstrap systemd-container"; exit 1; }
	@$(BIN)/python -m tests.boot $(BOOT)

## The first day of it on Debian 12 alone, where this machine can boot others; else it says so and is content.
boot-short: setup
	@$(BIN)/python -m tests.boot --short --where-possible bookworm

## The centre's pages in a real Chromium, before real processes and nginx, in three languages and at phone width. What is
## not installed (apt-get install chromium nginx) is named, and then nothing is tried.
browser: setup
	@$(BIN)/pytest -m browser tests/browser

## The pure tests with each newer Python that is here, in environments of their own under var/.
quick-pythons:
	@for each in 3.12 3.13; do \
		python$$each -c '' 2>/dev/null || { echo "Python $$each is not installed here."; continue; }; \
		test -e var/python$$each/installed || { \
			python$$each -m venv var/python$$each && \
			PYPI=1 var/python$$each/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt && \
			var/python$$each/bin/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable . && \
			touch var/python$$each/installed; } || exit 1; \
		echo "Python $$each:"; var/python$$each/bin/pytest -q -p tests.quick -p no:django -n auto --dist worksteal || exit 1; \
	done

## Style, types, and who may import whom.
check: setup
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

## Make every picture of the documentation anew; needs a browser and fonts, which it names when they are missing.
pictures: setup
	@command -v chromium >/dev/null || { echo "Pictures need: apt-get install chromium fonts-dejavu fonts-noto-cjk"; exit 1; }
	@$(BIN)/python docs/make_pictures.py
	@$(BIN)/python docs/make_recording.py
	@$(BIN)/python docs/make_page_pictures.py

## Write the contract's document anew from the types that both ends use.
contract: setup
	@$(BIN)/python -m sync.contract.asyncapi > docs/asyncapi.yaml

## Write the document of the API anew from its operations.
openapi: setup
	@$(BIN)/python docs/make_openapi.py

## Write docs/commands.md anew from the commands themselves.
commands: setup
	@$(BIN)/python docs/make_commands.py

## Write docs/alarms.md anew from the codes, the English catalog and the terminal's figures.
alarms: setup
	@$(BIN)/python docs/make_alarms.py

## What reading a code from a camera's frame costs, against zxing-cpp alone.
bench-qr: setup
	@$(BIN)/python benchmarks/qr.py

## What a million events cost, and how long a person waits for the light; the last line is the ratio.
bench-kiosk: setup
	@$(BIN)/python benchmarks/million_events.py
	@$(BIN)/python benchmarks/reading_to_feedback.py

## What the terminal's screens cost: decision to painted, idle, 10,000 answers, 1,000 people; the last line is the ratio.
bench-screens: setup
	@$(BIN)/python benchmarks/screen_times.py

## What a roster of 20,000 volunteers costs a terminal; the last line is the ratio.
bench-roster: setup
	@$(BIN)/python benchmarks/roster_load.py

## What a tree over 8,000,000 rows costs, and a day's rows; with the ratio to bare hashing.
bench-proof: setup
	@$(BIN)/python benchmarks/proof_tree.py

## What asking for help costs, for every command, against importing click alone; the last line is the worst ratio.
bench-startup: setup
	@$(BIN)/python benchmarks/start_up.py

## How long a scan waits while another terminal floods the centre, against a quiet line; the last line is the ratio.
bench-flood: setup
	@$(BIN)/python benchmarks/flood.py

## How soon a listener's terminals are served again when it is stopped or killed; the last line is the ratio.
bench-take-over: setup
	@$(BIN)/python tests/postgresql.py $(BIN)/python benchmarks/take_over.py

## What the pages cost in a centre of 590,000 volunteers and 8,000,000 lines, against a read of one row; needs 13 GB of
## disk and a quarter of an hour. SIZE=small tries it in two minutes; PARTS="pages" measures only those.
SIZE ?= full
PARTS ?= approval exports readers pages
bench-web: setup
	@$(BIN)/python tests/postgresql.py $(BIN)/python benchmarks/web_pages.py --size $(SIZE) $(PARTS)

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis var

## Debian packages of both roles for this machine and its Python, in dist/; needs gcc, swig and headers, which it names.
deb: setup
	@for package in gcc python3-dev python3-venv swig libpcsclite-dev pkg-config; do \
		dpkg-query -W -f '$${Status}' $$package 2>/dev/null | grep -q 'ok installed' || \
		{ echo "Building needs: apt-get install gcc python3-dev python3-venv swig libpcsclite-dev pkg-config"; exit 1; }; done
	@rm -rf build/wheel && $(BIN)/pip wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation -w build/wheel .
	@/usr/bin/python3 packaging/build_deb.py terminal build/wheel/muster-*.whl dist
	@/usr/bin/python3 packaging/build_deb.py centre build/wheel/muster-*.whl dist

## Build the package of a role from this checkout and install it; as root.
install-centre install-terminal: install-%: deb
	@apt-get install -y --no-install-recommends ./dist/muster-$*_*.deb
