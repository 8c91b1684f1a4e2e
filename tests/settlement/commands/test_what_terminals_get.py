"""`muster centre settings|staff|move|signing-key`: what terminals are given, by whom the centre is believed."""

import json

import pytest

from settlement.models import Organisation, StaffMember, Terminal
from settlement.organisations.tree import add_organisation
