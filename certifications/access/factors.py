"""The second factor: a code of the account's own device, or a recovery code when that is lost."""

import base64
import datetime
import hashlib
import secrets

import django_otp
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from certifications.access.events import Kind, record
from certifications.models.proposals import WITH_SECOND_FACTOR

NUMBER_OF_CODES = 10
DEVICE_NAME, CODES_NAME = "เครื่องที่ออกรหัส", "รหัสสำรอง"


def is_required_of(account: AbstractBaseUser) -> bool:
    """Of those who decide, merge or hide, and of superusers, who may do everything."""
    return settings.REQUIRE_SECOND_FACTOR and any(map(account.has_perm, WITH_SECOND_FACTOR))


def device_of(account: AbstractBaseUser) -> TOTPDevice | None:
    return TOTPDevice.objects.devices_for_user(account, confirmed=True).first()


def is_through(account: AbstractBaseUser) -> bool:
    """Whether an account that gave its password passed the second factor too, if it needs one."""
    if account.is_verified():
        return True
    return device_of(account) is None and not is_required_of(account)


def device_to_add(account: AbstractBaseUser) -> TOTPDevice:
    """The device whose secret is shown until a first code proves that it was taken over."""
    waiting = TOTPDevice.objects.devices_for_user(account, confirmed=False)
    return waiting.order_by("pk").first() or TOTPDevice.objects.create(
        user=account, confirmed=False, name=DEVICE_NAME
    )


def secret_of(device: TOTPDevice) -> str:
    """As authenticator apps take it by hand, in groups of four."""
    text = base64.b32encode(device.bin_key).decode()
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


@transaction.atomic
def add(request: HttpRequest, code: str) -> list[str]:
    """Puts the new device in place of any other; the recovery codes, or none for a wrong code."""
    device = device_to_add(request.user)
    if not django_otp.verify_token(request.user, device.persistent_id, code):
        return []
    TOTPDevice.objects.filter(user=request.user).exclude(pk=device.pk).delete()
    TOTPDevice.objects.filter(pk=device.pk).update(confirmed=True)
    record(Kind.FACTOR_ADDED, request.user, request)
    _let_through(request, device)
    return new_recovery_codes(request)


@transaction.atomic
def new_recovery_codes(request: HttpRequest) -> list[str]:
    """Ten codes in place of those there were; only what proves them is kept."""
    StaticDevice.objects.filter(user=request.user).delete()
    device = StaticDevice.objects.create(user=request.user, name=CODES_NAME)
    codes = [_random_code() for _number in range(NUMBER_OF_CODES)]
    device.token_set.bulk_create(
        [device.token_set.model(device=device, token=_proof(code)) for code in codes]
    )
    record(Kind.RECOVERY_MADE, request.user, request)
    return codes


def codes_left(account: AbstractBaseUser) -> int:
    tokens = StaticDevice.token_set.rel.related_model
    return tokens.objects.filter(device__user=account).count()


def pass_with(request: HttpRequest, code: str) -> bool:
    """Lets an account through that gives a code of its device, or one of its recovery codes."""
    is_of_device = code.isdecimal() and len(code) <= 8
    devices = TOTPDevice if is_of_device else StaticDevice
    device = devices.objects.devices_for_user(request.user, confirmed=True).first()
    proof = code if is_of_device else _proof(code)
    if device and django_otp.verify_token(request.user, device.persistent_id, proof):
        record(Kind.FACTOR_PASSED if is_of_device else Kind.RECOVERY_USED, request.user, request)
        _let_through(request, device)
        return True
    record(Kind.FACTOR_REFUSED, request.user, request)
    return False


def must_wait_until(account: AbstractBaseUser) -> datetime.datetime | None:
    """After wrong codes each further try has to wait, twice as long each time."""
    for devices in (TOTPDevice, StaticDevice):
        for device in devices.objects.devices_for_user(account):
            allowed, why = device.verify_is_allowed()
            if not allowed and why["locked_until"] > timezone.now():
                return why["locked_until"]
    return None


@transaction.atomic
def remove(account: AbstractBaseUser, request: HttpRequest) -> None:
    """For a device that is lost with its recovery codes: the next sign-in may add another."""
    TOTPDevice.objects.filter(user=account).delete()
    StaticDevice.objects.filter(user=account).delete()
    record(Kind.FACTOR_REMOVED, account, request, by=request.user.get_username())


def _let_through(request: HttpRequest, device) -> None:
    django_otp.login(request, device)
    request.session.cycle_key()


def _random_code() -> str:
    text = base64.b32encode(secrets.token_bytes(10)).decode().lower()
    return "-".join(text[start : start + 4] for start in range(0, len(text), 4))


def _proof(code: str) -> str:
    """What is stored of a recovery code: it has 80 random bits, so a plain digest hides it."""
    plain = "".join(filter(str.isalnum, code)).lower()
    return base64.b32encode(hashlib.sha256(plain.encode()).digest()[:10]).decode().lower()
