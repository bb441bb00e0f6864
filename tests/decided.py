"""The acts that the public sees, as they are carried out: once a second person has decided."""

from collections.abc import Callable
from functools import wraps

from certifications.actions import agencies
from certifications.actions import merge as merging
from certifications.actions import publish as publishing
from certifications.actions import revert as reverting
from tests import make


def decided(act: Callable) -> Callable:
    """The act, as part of a decision of the account that does it."""

    @wraps(act)
    def carried_out(*what, by, **facts):
        with make.decided(by):
            return act(*what, by=by, **facts)

    return carried_out


publish = decided(publishing.publish)
withdraw_from_view = decided(publishing.withdraw_from_view)
merge = decided(merging.merge)
undo_merge = decided(merging.undo_merge)
revert = decided(reverting.revert)
rename = decided(agencies.rename)
succeed = decided(agencies.succeed)
close = decided(agencies.close)
reopen = decided(agencies.reopen)
