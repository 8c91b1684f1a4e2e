"""Python loads this where it finds it on its path: processes that tests start note what they meet as well."""

import atexit
import importlib.util
import os
from pathlib import Path

if "MUSTER_MET" in os.environ:
    spec = importlib.util.spec_from_file_location("noting", Path(__file__).parents[1] / "noting.py")
    noting = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(noting)
    noting.note_what_passes()
    atexit.register(noting.write_down)
