"""What every test relies on: commands speak English, whatever the developer's machine speaks."""

import os

os.environ["LC_ALL"] = "C.UTF-8"
