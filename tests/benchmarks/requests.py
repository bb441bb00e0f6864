"""What two hands cost: saving a draft, saving what is public, accepting a year of awards:

python -m tests.benchmarks.requests --database sqlite:////tmp/new.sqlite3 [--awards 800]

Works in a database that is empty yet. Medians in milliseconds of one run; a public save is kept as
a request, so its ratio to a draft's is what asking costs.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Callable

from django.core.management import call_command
from django.test import Client
from django.test.utils import setup_test_environment

import tests.benchmarks.ready  # noqa: F401  before the models below
from certifications.actions.decide import accept, digest_of, take_back
from certifications.actions.propose import propose_publication
from certifications.models import Agency, Award, Proposal
from tests import make
from tests.benchmarks.database import Refused, use
from tests.forms import page_of, typed

ROUNDS = 25


def main(arguments: list[str]) -> int:
    options = _options(arguments)
    try:
        use(options.database)
        call_command("migrate", verbosity=0)
        if Agency.objects.exists():
            raise Refused("This database is not empty.")
    except Refused as refusal:
        print(refusal, file=sys.stderr)
        return 2
    setup_test_environment()  # pages tell the forms that they are made of
    draft, public = (_saves(make.award(published=is_public)) for is_public in (False, True))
    print(f"draft save {draft:.1f} ms · public save {public:.1f} ms · ratio {public / draft:.2f}")
    _decisions(options.awards)
    return 0


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tests.benchmarks.requests")
    parser.add_argument("--database", required=True)
    parser.add_argument("--awards", type=int, default=800)
    return parser.parse_args(arguments)


def _saves(award: Award) -> float:
    """The median of saving its form; what is proposed by it is taken back each time."""
    client, times = Client(), []
    client.force_login(make.user(group="ผู้บันทึก"))
    for number in range(ROUNDS):
        form = typed(client, page_of(award))
        form |= {"name_as_printed": f"ชื่อที่ {number}", "_why": "วัดเวลา"}
        _timed(lambda form=form: client.post(page_of(award), form), times)
        for proposal in Proposal.objects.filter(decision=""):
            take_back(proposal, by=proposal.proposed_by)
    return statistics.median(times[1:])


def _decisions(number: int) -> None:
    drafts = [make.award(published=False, level="basic") for _each in range(number)]
    for draft in drafts:
        draft.recipients.create(name="นายสมมติ")
    times: list[float] = []
    proposal = _timed(lambda: propose_publication(drafts, by=make.user()), times)
    digest = _timed(lambda: digest_of(proposal), times)
    _timed(lambda: accept(proposal, by=make.user(), digest=digest), times)
    told = zip(("proposed", "read", "accepted"), times, strict=True)
    print(f"{number} awards " + " · ".join(f"{what} {taken:.0f} ms" for what, taken in told))


def _timed(do: Callable, times: list[float]):
    started = time.perf_counter()
    answer = do()
    times.append((time.perf_counter() - started) * 1000)
    return answer


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
