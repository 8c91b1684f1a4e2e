"""What the tests met of what Muster offers: routes, API operations, templates, commands, topics, refusals.

    MUSTER_MET=$PWD/build/met make test long met-told

Where MUSTER_MET names a folder, each process of pytest and each process that it starts writes down there what
it met; `met-told` names what none did, and fails.
"""
