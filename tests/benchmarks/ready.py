"""Makes Django ready when imported, for commands that are no `manage.py` commands.

Modules that hold models are imported after this one.
"""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gecc.settings")
django.setup()
