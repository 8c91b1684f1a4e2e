"""The centre's questions are not compiled by the server."""

import pytest

from tests.settlement.own_centre import SERVER

pytestmark = pytest.mark.skipif(not SERVER, reason="only PostgreSQL compiles queries")

TOLD = """
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("SELECT current_setting('jit', true)")
    print("jit", cursor.fetchone()[0])
"""


def test_once_it_is_prepared_nothing_is_compiled(own_centre):
    assert "jit off" in own_centre.run(TOLD)
