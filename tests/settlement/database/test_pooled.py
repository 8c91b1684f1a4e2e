"""Behind PgBouncer in transaction mode, where the next query may be answered by another session."""

import contextlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from tests.settlement.own_centre import SERVER
from tests.settlement.real_broker import free_port
from tests.sync.patience import until

pytestmark = pytest.mark.skipif(SERVER is None, reason="a file has no pool before it")


@pytest.fixture
def pool(own_centre):
    """The own centre's server behind PgBouncer, which does not run as root."""
    if not shutil.which("pgbouncer"):
        pytest.skip("pgbouncer is not installed")
    server = conninfo_to_dict(own_centre.url)
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="muster-") as folder:
        Path(folder).chmod(0o755)
        config = Path(folder) / "pgbouncer.ini"
        config.write_text(
            f"[databases]\n* = host={server['host']} user=muster\n[pgbouncer]\nlisten_addr = 127.0.0.1\n"
            f"listen_port = {port}\nunix_socket_dir =\nauth_type = any\npool_mode = transaction\n"
            "ignore_startup_parameters = extra_float_digits,options\n"
        )
        account = "postgres" if os.geteuid() == 0 else None
        running = subprocess.Popen(["pgbouncer", "-q", str(config)], user=account)
        yield f"postgresql://muster@127.0.0.1:{port}/{server['dbname']}"
        running.terminate()
        running.wait()


def test_behind_a_pool_there_are_no_locks_to_hold(own_centre, pool):
    until(lambda: _answers(pool))
    own_centre.config.write_text(f'directory = "{own_centre.folder}"\ndatabase = "{pool}"\n')
    printed = own_centre.run(
        "from django.db import connection\n"
        "from settlement.database.pooled import is_pooled\n"
        "from settlement.ingest.held_buckets import open_share\n"
        "print(is_pooled(connection), open_share(settings.listener).served.buckets)"
    )
    assert printed.splitlines()[-1] == "True None"


def test_a_long_list_is_read_to_its_end_while_others_use_the_pool(own_centre, pool):
    until(lambda: _answers(pool))
    own_centre.config.write_text(f'directory = "{own_centre.folder}"\ndatabase = "{pool}"\n')
    printed = own_centre.run(
        f"""
import psycopg
from settlement.models import Site
for number in range(9):
    Site.objects.create(code=f"site-{{number}}", name="Gate", zone="Asia/Shanghai")
with psycopg.connect({pool!r}) as other:
    read = 0
    for site in Site.objects.order_by("code").iterator(chunk_size=2):
        other.execute("SELECT 1")  # from now on it has the session that answered last
        read += 1
print(read)
"""
    )
    assert printed.splitlines()[-1] == "9"


def _answers(url):
    with contextlib.suppress(psycopg.OperationalError), psycopg.connect(url):
        return True
    return False
