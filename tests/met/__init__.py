"""What the tests met of what Muster offers: routes, API operations, templates, commands, topics, refusals.

    MUSTER_MET=build/met PYTEST_ADDOPTS="-p tests.met.recording" make test long
    MUSTER_MET=build/met .venv/bin/python -m tests.met

The first writes down what each process of pytest met, the second names what none did, and fails.
"""
