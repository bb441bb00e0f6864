"""The site's own settings, with the collected static files in a folder that goes away."""

from gecc.settings import *  # noqa: F403
from gecc.settings import BASE_DIR, setting

STATIC_ROOT = setting("STATIC_ROOT", str(BASE_DIR / "staticfiles"))
