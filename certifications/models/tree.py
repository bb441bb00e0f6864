"""The tree of agencies: materialised paths of codes, and moving a subtree."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db.models import Value
from django.db.models.functions import Concat, Substr
from django.utils.translation import gettext_lazy as _

from certifications.models.search_index import lock_the_tree


def codes_in(paths: Iterable[str]) -> set[str]:
    """All agency codes that stand in a number of tree paths ("c5tnbc/cjsfp6/" → both)."""
    return {code for path in paths for code in path.split("/") if code}


PATH_SEPARATOR = "/"


class TreeNode:
    """A node of the tree: `code`, `parent` and `path` are its model's."""

    @property
    def ancestor_codes(self) -> list[str]:
        """Codes of the bodies above this one, the topmost first."""
        return self.path.split(PATH_SEPARATOR)[:-2]

    def _placed_in_the_tree(self) -> str:
        """Set `path` below the parent's; the path held until now, "" for a new body.

        Paths are read afresh, since this copy may be older than the last move.
        """
        lock_the_tree()
        paths = dict(
            type(self).objects.filter(pk__in=[self.pk, self.parent_id]).values_list("pk", "path")
        )
        above = paths[self.parent_id] if self.parent_id else ""
        old_path = paths.get(self.pk, "")
        if old_path and not old_path.endswith(f"{self.code}{PATH_SEPARATOR}"):
            raise ValidationError({"code": _("รหัสถาวรเปลี่ยนไม่ได้")})
        if self.code in codes_in([above]):
            raise ValidationError({"parent": _("หน่วยงานอยู่ใต้ตัวเองไม่ได้")})
        self.path = f"{above}{self.code}{PATH_SEPARATOR}"
        return old_path

    def _move_subtree(self, old_path: str) -> None:
        below = type(self).objects.filter(path__beneath=old_path).exclude(pk=self.pk)
        below.update(path=Concat(Value(self.path), Substr("path", len(old_path) + 1)))
