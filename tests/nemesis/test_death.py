"""A server's children leave its process group, as PostgreSQL's do: a power cut spares none of them."""

import subprocess
import sys

from tests.nemesis.death import kill_with_children

PARENT = """
import os, time
read, write = os.pipe()
for _ in range(3):
    if not os.fork():
        os.setsid()
        os.write(write, b".")
        time.sleep(1000)
heard = b""
while len(heard) < 3:
    heard += os.read(read, 3)
print("ready", flush=True)
time.sleep(1000)
"""


def test_children_in_groups_of_their_own_die_too():
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE) as parent:
        assert parent.stdout.readline() == b"ready\n"
        kill_with_children(parent.pid)
        assert parent.stdout.read() == b""  # ends only when nobody has it open any more
        assert parent.wait() == -9
