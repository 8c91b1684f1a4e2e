"""What every test relies on: commands speak English, whatever the developer's machine speaks."""

import os

os.environ["LC_ALL"] = "C.UTF-8"

from hypothesis import HealthCheck, settings

# How long a generated input takes says something about the machine, and nothing about the code.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")
