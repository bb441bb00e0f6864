"""Which tables' changes are kept, and which of their columns."""

from django.apps import apps
from django.db import models

# Written by the register itself beside what was changed, or a record of its own.
NOT_KEPT_FIELDS = {"sort_key", "path", "history", "created_at", "updated_at"}
NOT_KEPT_MODELS = {
    "accessevent",
    "awardhistory",
    "change",
    "columnmapping",
    "desksession",
    "intake",
    "intakerow",
    "loadedrecord",
    "mergelog",
    "missedquery",
    "searchentry",
    "stamp",
    "term",
}
SECRET_FIELDS = {"password", "last_login"}
KEPT_OF_ACCOUNTS = {"user", "group", "user_groups", "user_user_permissions", "group_permissions"}


def kept_models() -> list[type[models.Model]]:
    """The models whose changes are kept, accounts and their permissions among them."""
    ours = apps.get_app_config("certifications").get_models(include_auto_created=True)
    accounts = apps.get_app_config("auth").get_models(include_auto_created=True)
    return [
        *(model for model in ours if _is_kept(model)),
        *(model for model in accounts if model._meta.model_name in KEPT_OF_ACCOUNTS),
    ]


def _is_kept(model: type[models.Model]) -> bool:
    return not model._meta.proxy and model._meta.model_name not in NOT_KEPT_MODELS


def kept_columns(model: type[models.Model]) -> list[str]:
    """The columns of a model that are kept."""
    return [
        field.column
        for field in model._meta.concrete_fields
        if field.name not in NOT_KEPT_FIELDS | SECRET_FIELDS
    ]
