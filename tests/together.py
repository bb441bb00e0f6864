"""Many people at once over one real database: `python -m tests.together sqlite:////tmp/empty.db`.

The in-memory SQLite of the suite has no writers who wait for each other; a file has.
"""

import contextlib
import json
import sys
import threading
from collections import Counter
from collections.abc import Callable

from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

import tests.benchmarks.ready  # noqa: F401  before the models below
from certifications.actions.decide import accept
from certifications.actions.propose import propose_publication
from certifications.models import Agency, Award, Proposal
from tests import make
from tests.benchmarks.database import use
from tests.benchmarks.inprocess import as_in_production
from tests.decided import merge

ONCE_A_YEAR = "หน่วยงานนี้มีผลการรับรองของปีนี้อยู่แล้ว"


def at_once(people: int, act: Callable[[int], str]) -> Counter:
    """What each of so many threads, let loose together, was told."""
    together, told = threading.Barrier(people, timeout=60), []

    def one(number: int):
        try:
            together.wait()
            told.append(act(number))
        except Exception as failure:  # whatever it is, it must be seen in the count
            told.append(repr(failure))
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=[number]) for number in range(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Counter(told)


def entering_the_same_award(people: int = 50) -> dict:
    """Everyone posts the same award through the form: how many were saved, and what others saw."""
    office, account = make.agency(), make.user(is_superuser=True)
    clients = [Client() for _person in range(people)]
    for client in clients:
        client.force_login(account)
    address = reverse("admin:certifications_award_add")

    def enter(number: int) -> str:
        answer = clients[number].post(address, make.award_form(agency=office.pk))
        if answer.status_code == 302:
            return "saved"
        return "told" if ONCE_A_YEAR in answer.content.decode() else str(answer.status_code)

    return dict(at_once(people, enter)) | {"awards": Award.objects.filter(agency=office).count()}


def accepting_the_same_proposal(people: int = 10) -> dict:
    """Everyone accepts one proposal: how many did it, and what others were told."""
    proposal = propose_publication([make.award(published=False)], by=make.user())
    deciders = [make.user() for _person in range(people)]

    def decide(number: int) -> str:
        try:
            accept(Proposal.objects.get(pk=proposal.pk), by=deciders[number])
        except ValidationError as refusal:
            return "told" if "พิจารณาไปแล้ว" in refusal.messages[0] else refusal.messages[0]
        return "accepted"

    return dict(at_once(people, decide))


def merging_the_same_two(people: int = 8) -> dict:
    """Everyone merges two records, every other one the other way round; what is left of them."""
    one, other = make.agency(name_th="ระเบียนหนึ่ง"), make.agency(name_th="ระเบียนสอง")
    make.award(one, 2564)
    make.award(other, 2563)
    approver = make.user()

    def join(number: int) -> str:
        pair = (one, other) if number % 2 else (other, one)
        try:
            merge(*pair, by=approver, reason="ระเบียนซ้ำ")
        except ValidationError as refusal:
            return "told" if "ไปแล้ว" in refusal.messages[0] else refusal.messages[0]
        return "merged"

    told = dict(at_once(people, join))
    kept = Agency.objects.get(pk__in=[one.pk, other.pk], merged_into=None)
    return told | {"awards": kept.awards.count()}


def editing_while_it_is_published(times: int = 5) -> dict:
    """One saves a draft's form while another accepts its publication: whether it stayed whole.

    Published is only what was proposed; what was edited first is a conflict that stays open.
    """
    told = Counter()
    for _time in range(times):
        award = make.award(make.agency(), 2565, published=False, level="basic")
        proposal = propose_publication([award], by=make.user())
        editor, decider = Client(), make.user()
        editor.force_login(make.user(is_superuser=True))
        address = reverse("admin:certifications_award_change", args=[award.pk])
        sources = [source.pk for source in award.sources.all()]
        facts = {"level": make.level("excellent").pk, "sources": sources, "year": "2565"}
        form = make.award_form(agency=award.agency_id, **facts) | make.opened(award)

        def act(number: int, form=form, proposal=proposal, decider=decider) -> str:
            if number == 0:
                return str(editor.post(address, form).status_code)  # noqa: B023 once a round
            try:
                accept(Proposal.objects.get(pk=proposal.pk), by=decider)
            except ValidationError:
                return "conflict"
            return "accepted"

        at_once(2, act)
        award.refresh_from_db()
        waits = Proposal.objects.filter(pk=proposal.pk, decision="").exists()
        is_whole = award.is_public != waits and (waits or award.level.code == "basic")
        told["whole" if is_whole else "torn"] += 1
    return dict(told)


def editing_one_record_field_by_field() -> dict:
    """Everyone has the same agency open and saves another field: what has stayed of it."""
    office = make.agency()
    typed = {"address": "ก", "phone": "1", "hours": "ข", "name_en": "A", "province": "54"}
    names = {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0, "MIN_NUM_FORMS": 0, "MAX_NUM_FORMS": 1000}
    form = {f"names-{key}": value for key, value in names.items()} | make.opened(office)
    form |= dict.fromkeys(typed, "") | {"name_th": office.name_th, "kind": "office"}
    clients = [Client() for _field in typed]
    for client in clients:
        client.force_login(make.user(is_superuser=True))
    address = reverse("admin:certifications_agency_change", args=[office.pk])

    def edit(number: int) -> str:
        name = [*typed][number]
        answer = clients[number].post(address, form | {name: typed[name]})
        return "saved" if answer.status_code == 302 else str(answer.status_code)

    told = at_once(len(typed), edit)
    office.refresh_from_db()
    return dict(told) | {"stayed": sum(getattr(office, name) == typed[name] for name in typed)}


CHANGED = {"address": "ถนน {}", "phone": "{}", "hours": "{} น.", "name_en": "A{}", "website": ""}
WAITS = "รอพิจารณาอยู่แล้ว"


def changing_what_is_public(people: int = 10) -> dict:
    """Fifty changes to five public offices, two people for each field; then all decide at once.

    Of two who change one field one proposal is kept and the other is told; each is decided once;
    what stands in the end is what somebody proposed and another accepted.
    """
    offices = [make.award(make.agency(), 2565).agency for _office in range(5)]
    clients = [Client() for _person in range(people)]
    for client in clients:
        client.force_login(make.user(is_superuser=True))

    def value(number: int) -> tuple[str, str]:
        name = [*CHANGED][number % len(CHANGED)]
        return name, CHANGED[name].format(number) or f"https://example.test/{number}"

    def change(number: int) -> str:
        name, typed = value(number)
        answers = Counter()
        for office in offices:
            form = {"name_th": office.name_th, "kind": "office", "_why": "แก้", name: typed}
            form |= {f"names-{key}": 0 for key in ("TOTAL_FORMS", "INITIAL_FORMS")}
            address = reverse("admin:certifications_agency_change", args=[office.pk])
            answer = clients[number].post(address, form | make.opened(office))
            is_told = WAITS in answer.content.decode()
            answers["kept" if answer.status_code == 302 else "told" if is_told else "odd"] += 1
        return json.dumps(answers)

    told = Counter()
    for answer, number in at_once(people, change).items():
        for _person in range(number):
            told += Counter(json.loads(answer))
    told |= _decided_by_all([make.user() for _person in range(people)])
    standing = Counter(
        getattr(Agency.objects.get(pk=office.pk), name) in (value(number)[1], value(number + 5)[1])
        for office in offices
        for number, name in enumerate(CHANGED)
    )
    return dict(told) | {"standing": standing[True]}


def _decided_by_all(deciders: list) -> Counter:
    waiting = list(Proposal.objects.filter(decision="").order_by("pk"))

    def decide(number: int) -> str:
        accepted = 0
        for proposal in waiting:
            with contextlib.suppress(ValidationError):
                accept(proposal, by=deciders[number])
                accepted += 1
        return str(accepted)

    answers = at_once(len(deciders), decide)
    return Counter(accepted=sum(int(answer) * number for answer, number in answers.items()))


def main(url: str) -> None:
    use(url)
    call_command("migrate", verbosity=0)
    with as_in_production():
        told = {
            "entering": entering_the_same_award(),
            "accepting": accepting_the_same_proposal(),
            "editing": editing_while_it_is_published(),
            "fields": editing_one_record_field_by_field(),
            "changing": changing_what_is_public(),
            "merging": merging_the_same_two(),
        }
    print(json.dumps(told, ensure_ascii=False))


if __name__ == "__main__":
    main(sys.argv[1])
