"""What an account may do to a record by hand: asked of the desk's own pages, which decide it."""

from django.contrib import admin
from django.db import models

from certifications.actions.revert import changed_fields, record_of
from certifications.models import Change


def may_undo(request, site: admin.AdminSite, change: Change) -> bool:
    """Whether some page of the desk lets this account do what undoes the change."""
    record = record_of(change)
    if page := site._registry.get(type(record)):
        return _may_on_its_page(request, page, record, change)
    return any(_may_with(request, page, record, change) for page in site._registry.values())


def _may_on_its_page(request, page: admin.ModelAdmin, record, change: Change) -> bool:
    if change.kind == Change.Kind.INSERT:
        return page.has_delete_permission(request, record)
    if change.kind == Change.Kind.DELETE:
        return page.has_add_permission(request)
    form = page.get_form(request, record, change=True)
    return page.has_change_permission(request, record) and _changed(change) <= {*form.base_fields}


def _may_with(request, page: admin.ModelAdmin, record, change: Change) -> bool:
    """Of what is part of another record, or joins two: in the form of that record."""
    whole = _whole(record, page.model)
    if whole is None or not page.has_change_permission(request, whole):
        return False
    if record._meta.auto_created:
        form = page.get_form(request, whole, change=True)
        return _relation(type(record), page.model) in form.base_fields
    rows = (one for one in page.get_inline_instances(request, whole) if one.model is type(record))
    return any(_may_in_the_rows(request, one, whole, change) for one in rows)


def _may_in_the_rows(request, rows: admin.TabularInline, whole, change: Change) -> bool:
    if change.kind == Change.Kind.INSERT:
        return rows.has_delete_permission(request, whole)
    if change.kind == Change.Kind.DELETE:
        return rows.has_add_permission(request, whole)
    formset = rows.get_formset(request, whole)
    offered = {*formset.form.base_fields} - {formset.fk.name}  # rows stay with their record
    return rows.has_change_permission(request, whole) and _changed(change) <= offered


def _changed(change: Change) -> set[str]:
    return {field.name for field in changed_fields(change)}


def _whole(record: models.Model, model: type[models.Model]) -> models.Model | None:
    """The record of this model that another one names first; None where there is none."""
    leading = (field for field in record._meta.fields if field.related_model is model)
    keys = [getattr(record, field.attname) for field in leading]
    return model._default_manager.filter(pk=keys[0]).first() if keys else None


def _relation(rows: type[models.Model], model: type[models.Model]) -> str | None:
    """The name of the model's relation whose rows these are."""
    named = (one.name for one in model._meta.many_to_many if one.remote_field.through is rows)
    return next(named, None)
