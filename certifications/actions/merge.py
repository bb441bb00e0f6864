"""Merging two records of one agency, with a redirect from the old address and an undo.

Not for what happened in the world: a body that became, joined or gave rise to another stays, with
its page and its awards; see `actions.agencies`.
"""

from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from certifications.actions.merge_plan import (
    SOURCE,
    TARGET,
    Choices,
    Clash,
    Difference,
    Plan,
    plain_relations,
    plan,
    successions_of,
    to_fill,
    touched,
)
from certifications.actions.merge_rows import (
    changed_rows,
    changed_since,
    in_words,
    put_back,
    snapshot,
)
from certifications.audit.acting import acting
from certifications.models import (
    Agency,
    AgencyName,
    AgencySuccession,
    Award,
    MergeLog,
    search_index,
)
from certifications.models.histories import rewrite_histories

NAME_KINDS = (AgencyName.Kind.AS_PRINTED, AgencyName.Kind.FORMER)
PUBLICATION = ("published_at", "published_by", "hidden_at", "hidden_by", "hidden_reason")


def merge(
    source: Agency,
    target: Agency,
    choices: Choices | None = None,
    *,
    by,
    reason: str,
) -> MergeLog:
    """Make `source` part of `target`, all of it or nothing; the log that can undo it.

    ValidationError when the two cannot be merged, or when a difference is not decided.
    """
    choices = choices or Choices()
    if not reason.strip():
        raise ValidationError(_("ต้องระบุเหตุผลที่เชื่อว่าเป็นหน่วยงานเดียวกัน"))
    with acting(by=by, why=reason.strip()):
        source, target = _locked(source, target)
        planned = plan(source, target)
        _refuse_undecided(planned, choices)
        before = snapshot(touched(source, target))
        _move_everything(planned, choices)
        after = snapshot(touched(source, target), keys=before)
        return MergeLog.objects.create(
            source=source,
            target=target,
            reason=reason.strip(),
            moved=changed_rows(before, after),
            by=by,
        )


def undo_merge(log: MergeLog, *, by) -> None:
    """Put every row back as it was before the merge.

    ValidationError naming what was changed since, or when it was undone already.
    """
    with acting(by=by, why=_("ย้อนการรวมระเบียน")):
        search_index.lock_the_tree()
        log = MergeLog.objects.select_for_update().get(pk=log.pk)
        refuse_undoing(log)
        put_back(log)
        rewrite_histories([log.source_id, log.target_id])
        search_index.rekey_with_those_below([log.source_id, log.target_id])
        log.undone_at, log.undone_by = timezone.now(), by
        log.save()


# --- what may be merged --------------------------------------------------------------------------


def _locked(source: Agency, target: Agency) -> tuple[Agency, Agency]:
    """Both records as they are now, nobody else changing them or the tree until we are done."""
    search_index.lock_the_tree()
    keys = [source.pk, target.pk]
    found = Agency.objects.select_for_update().order_by("pk").in_bulk(keys)
    list(Award.objects.filter(agency__in=keys).order_by("pk").select_for_update().values("pk"))
    return found[source.pk], found[target.pk]


def _refuse_undecided(planned: Plan, choices: Choices) -> None:
    if choices.name_kind not in NAME_KINDS:
        raise ValidationError(_("เลือกว่าชื่อของระเบียนเดิมเป็นชื่อแบบใด"))
    for clash in planned.clashes:
        decided = choices.awards.get(clash.key, {})
        for difference in clash.differences:
            if decided.get(difference.name) not in (SOURCE, TARGET):
                raise ValidationError(
                    _("เลือกว่าปี %(year)s จะใช้%(field)sของระเบียนใด"),
                    params=_of_what(clash, difference),
                    code="undecided",
                )


def _of_what(clash: Clash, difference: Difference) -> dict:
    return {"year": clash.target.year or _("ไม่ทราบปี"), "field": difference.label}


# --- moving --------------------------------------------------------------------------------------


def _move_everything(planned: Plan, choices: Choices) -> None:
    source, target = planned.source, planned.target
    for clash in planned.clashes:
        _fold(clash, choices.awards.get(clash.key, {}))
    source.awards.all().update(agency=target, updated_at=timezone.now())
    _move_names(source, target, choices.name_kind)
    _move_successions(source, target)
    for child in planned.children:
        child.parent = target
        child.save(update_fields=["parent"])
    source.merged_records.all().update(merged_into=target)
    _repoint(source, target)
    target.sources.add(*source.sources.all())
    source.sources.clear()
    for name in to_fill(source, target):
        setattr(target, name, getattr(source, name))
    target.save()
    source.merged_into = target
    source.full_clean()
    source.save()
    rewrite_histories([source.pk, target.pk])


def _repoint(record: Model, to: Model) -> None:
    for relation in plain_relations(type(record)):
        rows = relation.related_model._base_manager.filter(**{relation.field.name: record})
        rows.update(**{relation.field.name: to})


def _fold(clash: Clash, decided: Mapping[str, str]) -> None:
    """Of two awards of one year make one: what was chosen, and the people and sources of both."""
    source, target = clash.source, clash.target
    target.score_is_printed = _is_printed(clash, decided)
    for difference in clash.differences:
        if decided[difference.name] == SOURCE:
            setattr(target, difference.name, difference.in_source)
    if _publicity(source) > _publicity(target):
        for name in PUBLICATION:
            setattr(target, name, getattr(source, name))
    known = set(target.recipients.values_list("name", flat=True))
    source.recipients.exclude(name__in=known).update(award=target)
    source.status_changes.all().move_to(target)
    _repoint(source, target)
    target.sources.add(*source.sources.all())
    # Public or not, it lives on in the other one, at an address that the old one leads to; and the
    # log holds all of it.
    source.recipients.all().delete()
    QuerySet.delete(Award.objects.filter(pk=source.pk))
    target.full_clean()
    target.save()


def _is_printed(clash: Clash, decided: Mapping[str, str]) -> bool:
    """Of the score that stays; one that both have is printed where a source of either prints it."""
    printed = {SOURCE: clash.source.score_is_printed, TARGET: clash.target.score_is_printed}
    differs = any(difference.name == "score" for difference in clash.differences)
    return printed[decided["score"]] if differs else any(printed.values())


def _publicity(award: Award) -> int:
    """Drafts, then what was withdrawn from view, then what is public: the most known stays."""
    return bool(award.published_at) + award.is_public


def _move_names(source: Agency, target: Agency, name_kind: str) -> None:
    kinds_and_names = set(target.names.values_list("kind", "name")) | {(None, target.name_th)}
    known = {name for _kind, name in kinds_and_names}
    for name in source.names.all():
        if (name.kind, name.name) in kinds_and_names or name.name == target.name_th:
            name.delete()
        else:
            AgencyName.objects.filter(pk=name.pk).update(agency=target)
            known.add(name.name)
    if source.name_th not in known:
        AgencyName.objects.create(agency=target, kind=name_kind, name=source.name_th)
    english = source.name_en
    if english and target.name_en and english != target.name_en and english not in known:
        AgencyName.objects.create(agency=target, kind=AgencyName.Kind.ENGLISH, name=english)


def _move_successions(source: Agency, target: Agency) -> None:
    """Events of the one are events of the other; one between the two themselves never was."""
    for succession in successions_of(source):
        ends = {
            end: target.pk if getattr(succession, end) == source.pk else getattr(succession, end)
            for end in ("predecessor_id", "successor_id")
        }
        same = AgencySuccession.objects.filter(kind=succession.kind, **ends)
        if ends["predecessor_id"] == ends["successor_id"] or same.exists():
            succession.delete()
        else:
            AgencySuccession.objects.filter(pk=succession.pk).update(**ends)


# --- undoing -------------------------------------------------------------------------------------


def refuse_undoing(log: MergeLog) -> None:
    """ValidationError naming what was changed since the merge, or when it was undone already."""
    if log.undone_at:
        raise ValidationError(_("การรวมนี้ถูกย้อนไปแล้ว"))
    if changed := changed_since(log):
        raise ValidationError(
            _(
                "ย้อนการรวมไม่ได้ เพราะมีการแก้ไขหลังการรวม: %(records)s "
                "แก้กลับให้เหมือนเดิมก่อน หรือแก้ทีละรายการแทน"
            ),
            params={"records": ", ".join(in_words(row) for row in changed[:5])},
            code="changed_since",
        )
