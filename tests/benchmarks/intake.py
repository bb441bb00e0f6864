"""How long an intake takes, and what is left of it when the process is killed:

python -m tests.benchmarks.intake --database sqlite:////tmp/invented.sqlite3 [--rows 1000]
python -m tests.benchmarks.intake --database … --kill 10
python -m tests.benchmarks.intake --database … --together 8

Works in a database that `tests.benchmarks.generate` filled, and leaves it as it was. A spreadsheet
of offices chosen at random, some misspelt and some unknown to the register, is read, decided,
committed, read again and undone. With --kill a process that commits it is killed with SIGKILL at
that many moments, from before its first write to after its last; each time all or nothing of it
must be there, and at the end the commit is done after all. With --together that many processes
commit the same intake at once: one succeeds, the others are told.
"""

import argparse
import contextlib
import io
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import xlsxwriter
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import connection, connections

import tests.benchmarks.ready  # noqa: F401  before the models below
from certifications.intake.review import preview
from certifications.intake.review.commit import Refused as CommitRefused
from certifications.intake.review.commit import commit
from certifications.intake.review.decisions import Choice, decide
from certifications.intake.review.undo import undo
from certifications.models import Agency, Award, Intake, IntakeRow, Source
from certifications.reference import provinces
from tests.benchmarks.database import Refused, refuse_real_records, use

YEAR = 2580  # later than any invented award
MISSPELT, UNKNOWN = 40, 20
LEVELS = {"ระดับพื้นฐาน": (70, 79), "ระดับก้าวหน้า": (80, 89), "ระดับเป็นเลิศ": (90, 100)}
TARGET = 5.0  # seconds for the preview, and for the commit, of 1,000 rows
ROOT = Path(__file__).resolve().parents[2]


def main(arguments: list[str]) -> int:
    options = _options(arguments)
    try:
        use(options.database)
        refuse_real_records()
    except Refused as refusal:
        print(refusal, file=sys.stderr)
        return 2
    if options.commit:
        return _commit_and_log(options.commit, Path(options.log))
    call_command("migrate", verbosity=0)
    if options.kill:
        return _kill(options)
    if options.together:
        return _commit_together(options)
    return _measure(options)


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.intake")
    parser.add_argument("--database", required=True, help="sqlite:///… or postgresql://…")
    parser.add_argument("--rows", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=2569)
    parser.add_argument("--kill", type=int, default=0, help="moments at which to kill a commit")
    parser.add_argument("--together", type=int, default=0, help="processes that commit at once")
    parser.add_argument("--commit", type=int, help=argparse.SUPPRESS)  # the process to be killed
    parser.add_argument("--log", help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


# --- a spreadsheet -------------------------------------------------------------------------------


def spreadsheet(rows: int, chance: random.Random) -> bytes:
    """Invented results for offices of the register, with slips and offices it does not know."""
    offices = Agency.objects.filter(kind=Agency.Kind.OFFICE).order_by("pk")
    keys = chance.sample(list(offices.values_list("pk", flat=True)), rows)
    chosen = offices.in_bulk(keys)
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet("ผลการรับรอง")
        sheet.write_row(2, 0, ["ลำดับ", "ชื่อหน่วยงาน", "จังหวัด", "ระดับ", "คะแนน", "ผู้รับมอบ"])
        for number, key in enumerate(keys):
            office = chosen[key]
            level = chance.choice(list(LEVELS))
            name = _name(office.name_th, number, chance)
            place = provinces.BY_CODE[office.province].name_th if office.province else ""
            score = chance.randint(*LEVELS[level])
            cells = [number + 1, name, place, level, score, "นางสาวสมมติ ทดสอบ"]
            sheet.write_row(number + 3, 0, cells)
    return file.getvalue()


def _name(name: str, number: int, chance: random.Random) -> str:
    if number < MISSPELT:
        at = chance.randrange(len(name) // 2, len(name) - 2)
        return name[:at] + name[at + 1 :]
    if number < MISSPELT + UNKNOWN:
        return f"{name[: len(name) // 2]}หนองสมมติ{number}"
    return name


def _account():
    return get_user_model().objects.get_or_create(username="invented", is_active=False)[0]


def _intake(content: bytes) -> Intake:
    intake = Intake(
        kind=Intake.Kind.FILE,
        title="ชุดสมมติ",
        file_name="invented.xlsx",
        content=content,
        year=YEAR,
        source=Source.objects.get_or_create(url="https://example.test/invented/intake")[0],
        created_by=_account(),
    )
    preview.begin(intake)
    return intake


def _decide_everything(intake: Intake) -> None:
    waiting = intake.rows.filter(decision=IntakeRow.Decision.WAITING)
    choices = {row.place: _choice(row) for row in waiting}
    decide(intake, choices, by=_account())
    left = intake.rows.filter(decision=IntakeRow.Decision.WAITING)
    decide(intake, {row.place: Choice("skip") for row in left}, by=_account())


def _choice(row: IntakeRow) -> Choice:
    return Choice("accept" if row.agency_id else "create", "ตรวจกับต้นฉบับสมมติแล้ว")


def _forget(intake: Intake) -> None:
    Intake.objects.filter(pk=intake.pk).delete()


# --- how long it takes ---------------------------------------------------------------------------


@contextlib.contextmanager
def _timed(times: list[tuple[float, float]]):
    """Seconds by the clock, and of this process alone: other work on the machine shows apart."""
    began, worked = time.perf_counter(), time.process_time()
    yield
    times.append((time.perf_counter() - began, time.process_time() - worked))


def _measure(options: argparse.Namespace) -> int:
    first, decided, committed, second, undone = ([] for _phase in range(5))
    print(f"{connection.vendor}: {options.rows:,} rows, {Agency.objects.count():,} agencies")
    for number in range(options.rounds):
        content = spreadsheet(options.rows, random.Random(options.seed + number))
        with _timed(first):
            intake = _intake(content)
        print(" ", dict(Counter(intake.rows.values_list("verdict", flat=True))), end="")
        with _timed(decided):
            _decide_everything(intake)
        with _timed(committed):
            outcome = commit(intake, by=_account())
        with _timed(second):
            again = _intake(content)
        verdicts = Counter(again.rows.filter(decision="skip").values_list("verdict", flat=True))
        print(f" → {outcome} → again: {dict(verdicts)}")
        with _timed(undone):
            undo(intake, by=_account())
        _forget(again)
        _forget(intake)
    phases = {
        "preview": first,
        "decide": decided,
        "commit": committed,
        "preview again": second,
        "undo": undone,
    }
    for phase, times in phases.items():
        by_clock, worked = zip(*times, strict=True)
        print(
            f"  {phase:14} median {statistics.median(by_clock):5.2f} s"
            f"  worst {max(by_clock):5.2f} s"
            f"  of which in this process {statistics.median(worked):5.2f} s"
        )
    medians = [statistics.median(clock for clock, _cpu in times) for times in (first, committed)]
    return 1 if max(medians) > TARGET else 0


# --- killing it ----------------------------------------------------------------------------------


def _commit_and_log(key: int, log: Path) -> int:
    """Commit, each statement that writes named in the log before it is sent."""
    with log.open("a", encoding="utf-8") as lines:

        def logged(execute, sql, params, many, context):
            if sql.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE", "COMMIT")):
                lines.write(f"{sql.split(' (')[0][:80]}\n")
                lines.flush()
            return execute(sql, params, many, context)

        with connection.execute_wrapper(logged):
            try:
                commit(Intake.objects.get(pk=key), by=_account())
            except CommitRefused as refusal:
                print(refusal)
                return 1
        lines.write("done\n")
    return 0


def _kill(options: argparse.Namespace) -> int:
    content = spreadsheet(options.rows, random.Random(options.seed))
    intake = _intake(content)
    _decide_everything(intake)
    writes = _writes_of_a_whole_commit(options, intake)
    print(f"{connection.vendor}: {options.rows:,} rows, a commit sends {writes} writes")
    moments = [1 + number * (writes - 1) // (options.kill - 1) for number in range(options.kill)]
    faults = 0
    for moment in moments:
        before = _state(intake)
        sent = _killed_after(options, intake, moment)
        after = _state(intake)
        is_whole = after == before or after[0] == Intake.State.COMMITTED
        faults += not is_whole
        between = "between first and last write" if 0 < sent < writes else "outside"
        print(
            f"  killed after write {sent:3} of {writes} ({between}): {after[0]}, {after[1]} awards"
        )
        if after[0] == Intake.State.COMMITTED:
            undo(intake, by=_account())
            _forget(intake)
            intake = _intake(content)
            _decide_everything(intake)
    outcome = commit(intake, by=_account())
    print(f"  and then: {outcome}")
    undo(intake, by=_account())
    _forget(intake)
    print("all or nothing each time" if not faults else f"FAULTY {faults} times")
    return 1 if faults else 0


def _state(intake: Intake) -> tuple:
    """What a commit would have changed."""
    connections.close_all()
    held = Intake.objects.get(pk=intake.pk)
    return (
        held.state,
        Award.objects.filter(year=YEAR).count(),
        Agency.objects.count(),
        held.rows.exclude(award=None).count(),
        held.version,
    )


def _writes_of_a_whole_commit(options: argparse.Namespace, intake: Intake) -> int:
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        with _committing(options, intake, log) as process:
            process.wait(timeout=120)
        number = len(log.read_text(encoding="utf-8").splitlines()) - 1
    undo(intake, by=_account())
    Intake.objects.filter(pk=intake.pk).update(
        state=Intake.State.REVIEW,
        committed_at=None,
        committed_by=None,
        undone_at=None,
        undone_by=None,
    )
    IntakeRow.objects.filter(intake=intake).update(
        before=None, after=None, award=None, made_agency=False
    )
    return number


def _killed_after(options: argparse.Namespace, intake: Intake, moment: int) -> int:
    """Kill a commit once its log has so many writes; how many it had in the end."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        log.touch()
        with _committing(options, intake, log) as process:
            deadline = time.monotonic() + 120
            while time.monotonic() < deadline and process.poll() is None:
                if log.read_bytes().count(b"\n") >= moment:
                    break
                time.sleep(0.001)
            if process.poll() is None:
                os.kill(process.pid, signal.SIGKILL)
            process.wait(timeout=30)
        return len([line for line in log.read_text("utf-8").splitlines() if line != "done"])


@contextlib.contextmanager
def _committing(options: argparse.Namespace, intake: Intake, log: Path):
    connections.close_all()
    command = [sys.executable, "-m", "tests.benchmarks.intake", "--database", options.database]
    command += ["--commit", str(intake.pk), "--log", str(log)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()


# --- several at once -----------------------------------------------------------------------------


def _commit_together(options: argparse.Namespace) -> int:
    intake = _intake(spreadsheet(options.rows, random.Random(options.seed)))
    _decide_everything(intake)
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        processes = [
            stack.enter_context(_committing(options, intake, Path(folder) / str(number)))
            for number in range(options.together)
        ]
        told = [process.communicate(timeout=300)[0].strip() for process in processes]
    succeeded = [process.returncode for process in processes].count(0)
    print(f"{connection.vendor}: {succeeded} of {options.together} succeeded; {_state(intake)}")
    for sentence, number in Counter(filter(None, told)).items():
        print(f"  {number} × {sentence}")
    undo(intake, by=_account())
    _forget(intake)
    return 0 if succeeded == 1 else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
