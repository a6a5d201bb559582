"""A visitor's choice and the signed cookie value that keeps it.

The value is short plain ASCII, ``1.<denied>.<allowed>.<revision>.<day>.<confirmed>.<signature>``:

* Each category stands as four characters, a digest of its name. So a value stays small however
  many categories there are, and it doesn't shift when a site adds, removes or reorders them; a
  digest that no category has any more is passed over.
* ``*`` for the denied means every optional category, those that a site adds later included.
* What is denied comes first and needs no signature to be believed: a value that was cut short, or
  signed with a key that is gone, still denies.
* Days are the finest time in it, and nothing tells apart two visitors with the same choice, so it
  is no identifier.

There is no clock here (`today` is an argument), and no cookie's name or attribute.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, reduce
from typing import TYPE_CHECKING, Final, Literal

from itsdangerous import BadSignature, Signer

from consentmw.core.categories import nearest_name
from consentmw.errors import CookieError, UnknownCategoryError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from consentmw.core.categories import Category

ChoiceStatus = Literal["absent", "valid", "malformed", "tampered", "expired"]

# RFC 6265bis: user agents cap a cookie's lifetime at 400 days.
MAX_AGE_DAYS: Final = 400
# 64 categories make some 360 characters; whatever is longer than this was not written here.
MAX_VALUE_LENGTH: Final = 1024
MAX_CATEGORIES: Final = 64
# A browser holds one value for each of the few domains above a host. Verifying costs microseconds,
# and a header has room for thousands.
_MAX_VERIFIED_VALUES: Final = 8
# Distinct values differ in choice, revision and day only; this many stand for a busy site's year.
_REMEMBERED_VALUES: Final = 4096

_EVERYTHING: Final = "*"
_DIGEST_LENGTH: Final = 4
_DIGESTS: Final = rf"(?:[A-Za-z0-9_-]{{{_DIGEST_LENGTH}}})*"
_PAYLOAD: Final = re.compile(
    rf"1\.(\*|{_DIGESTS})\.({_DIGESTS})\.([0-9]{{1,9}})\.([0-9]{{8}})\.([0-9]{{8}})?", re.ASCII
)
# Base64 of a SHA-256. Its decoder passes over other characters, so that one signature could be
# written in any number of ways.
_SIGNATURE: Final = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
_DENIED: Final = re.compile(rf"1\.(\*|{_DIGESTS})", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What a visitor decided in the preference centre; what is in neither set was left open."""

    allowed: frozenset[str] = frozenset()
    denied: frozenset[str] = frozenset()
    revision: int
    """The revision of the configuration that the visitor was shown."""
    chosen_on: date
    conflict_confirmed_on: date | None = None
    """The day on which the visitor, told of the conflict, allowed something against a signal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceReading:
    """What the cookies of one request amount to; never an error."""

    choice: Choice | None
    """The choice that holds, or `None` where no value could be verified."""
    status: ChoiceStatus
    denied: frozenset[str]
    """What is denied, also by values that couldn't be verified: a denial needs no signature."""


NO_CHOICE: Final = ChoiceReading(choice=None, status="absent", denied=frozenset())


class ChoiceSigner:
    """Turns choices into cookie values and back, for one site's categories and keys.

    Args:
        secret_keys: Oldest first: the last one signs, each one verifies.
        categories: The site's categories, whose names the values are about.
        max_age_days: How long a choice holds.
    """

    def __init__(
        self,
        secret_keys: Sequence[str],
        *,
        categories: Iterable[Category],
        max_age_days: int = MAX_AGE_DAYS,
    ) -> None:
        if not secret_keys:
            raise ValueError("a choice is signed with at least one secret key")
        self._choices = _signer(secret_keys, salt="consentmw.choice")
        self._reports = _signer(secret_keys, salt="consentmw.signal-report")
        self._max_age_days = max_age_days
        categories = tuple(categories)
        self._digest_of = {category.name: digest_of(category.name) for category in categories}
        self._name_of = {digest: name for name, digest in self._digest_of.items()}
        self._optional = frozenset(c.name for c in categories if not c.required)
        self._report = self._reports.sign(b"1").decode("ascii")
        # Only what has been verified is remembered (an exception isn't), so that nobody can push
        # out what other visitors need by sending rubbish.
        self._verified = lru_cache(_REMEMBERED_VALUES)(self._verify)

    def sign(self, choice: Choice) -> str:
        """The cookie value of a choice; the same for everyone who chooses the same on that day.

        Raises:
            UnknownCategoryError: The choice names a category that the site doesn't have.
        """
        # Denying all that can be denied is kept as such, and covers what is added or renamed later.
        everything = choice.denied >= self._optional
        denied = _EVERYTHING if everything else self._digests(choice.denied)
        confirmed = choice.conflict_confirmed_on
        payload = (
            f"1.{denied}.{self._digests(choice.allowed - choice.denied)}.{choice.revision}"
            f".{choice.chosen_on:%Y%m%d}.{f'{confirmed:%Y%m%d}' if confirmed else ''}"
        )
        return self._choices.sign(payload.encode("ascii")).decode("ascii")

    def read(self, values: Sequence[str], *, today: date) -> ChoiceReading:
        """Read all the choice cookies of a request; the more restrictive value holds."""
        if not values:
            return NO_CHOICE
        if len(values) == 1:
            return self._read_one(values[0], today)
        distinct = list(dict.fromkeys(values))
        readings = [self._read_one(value, today) for value in distinct[:_MAX_VERIFIED_VALUES]]
        readings += [
            ChoiceReading(choice=None, status="malformed", denied=self._read_denied(value))
            for value in distinct[_MAX_VERIFIED_VALUES:]
        ]
        return reduce(_more_restrictive, readings)

    def sign_report(self) -> str:
        """The value of the cookie that keeps what the page's script reported for the session."""
        return self._report

    def read_report(self, value: str) -> bool:
        """Whether a value is such a report, signed with one of the keys."""
        if value == self._report:
            return True
        return len(value) <= MAX_VALUE_LENGTH and _unsign(self._reports, value) == "1"

    def _read_one(self, value: str, today: date) -> ChoiceReading:
        try:
            return self._read_valid(value, today)
        except CookieError as error:
            return ChoiceReading(choice=None, status=error.reason, denied=self._read_denied(value))

    def _read_valid(self, value: str, today: date) -> ChoiceReading:
        choice = self._verified(value)
        age_days = (today - choice.chosen_on).days
        # Another machine's clock may be past midnight already; a later day is as good as no day.
        if not -1 <= age_days <= self._max_age_days:
            raise CookieError("expired", f"chosen {age_days} days ago")
        return ChoiceReading(choice=choice, status="valid", denied=choice.denied)

    def _verify(self, value: str) -> Choice:
        if len(value) > MAX_VALUE_LENGTH:
            raise CookieError("malformed", f"{len(value)} characters")
        payload, _, signature = value.rpartition(".")
        match = _PAYLOAD.fullmatch(payload)
        if match is None:
            raise CookieError("malformed", "not the form that a choice has")
        if not _SIGNATURE.fullmatch(signature) or _unsign(self._choices, value) is None:
            raise CookieError("tampered", "no key verifies the signature")
        denied, allowed, revision, chosen_on, confirmed_on = match.groups()
        try:
            return Choice(
                allowed=self._names(allowed),
                denied=self._names(denied),
                revision=int(revision),
                chosen_on=date.fromisoformat(chosen_on),
                conflict_confirmed_on=date.fromisoformat(confirmed_on) if confirmed_on else None,
            )
        except ValueError as error:
            raise CookieError("malformed", "no such day") from error

    def _read_denied(self, value: str) -> frozenset[str]:
        if len(value) > MAX_VALUE_LENGTH:
            return frozenset()
        match = _DENIED.match(value)
        return self._names(match[1]) if match else frozenset()

    def _digests(self, names: Iterable[str]) -> str:
        try:
            return "".join(sorted(self._digest_of[name] for name in names))
        except KeyError as error:
            name = error.args[0]
            raise UnknownCategoryError(name, nearest_name(name, self._digest_of)) from None

    def _names(self, digests: str) -> frozenset[str]:
        if digests == _EVERYTHING:
            return self._optional
        starts = range(0, len(digests), _DIGEST_LENGTH)
        names = (self._name_of.get(digests[start : start + _DIGEST_LENGTH]) for start in starts)
        return frozenset(name for name in names if name is not None)


def digest_of(name: str) -> str:
    """The four characters that stand for a category's name in a cookie value."""
    digest = hashlib.sha256(name.encode()).digest()
    return base64.urlsafe_b64encode(digest)[:_DIGEST_LENGTH].decode("ascii")


def _signer(secret_keys: Sequence[str], *, salt: str) -> Signer:
    # itsdangerous signs with SHA-1 unless told otherwise, and signers of one salt would accept each
    # other's values.
    return Signer(
        list(secret_keys),
        salt=salt.encode(),
        key_derivation="hmac",
        digest_method=hashlib.sha256,
    )


def _unsign(signer: Signer, value: str) -> str | None:
    try:
        return signer.unsign(value.encode("ascii")).decode("ascii")
    except (BadSignature, UnicodeError):
        return None


def _more_restrictive(one: ChoiceReading, other: ChoiceReading) -> ChoiceReading:
    """Of two readings the more restrictive for each category: denied by either, allowed by both."""
    denied = one.denied | other.denied
    status = other.status if one.status == "valid" else one.status
    choices = [reading.choice for reading in (one, other) if reading.choice is not None]
    if not choices:
        return ChoiceReading(choice=None, status=status, denied=denied)
    agreed = len(choices) == 2
    confirmed = [c.conflict_confirmed_on for c in choices if c.conflict_confirmed_on is not None]
    choice = Choice(
        allowed=choices[0].allowed & choices[1].allowed - denied if agreed else frozenset(),
        denied=denied,
        revision=min(choice.revision for choice in choices),
        chosen_on=max(choice.chosen_on for choice in choices),
        conflict_confirmed_on=min(confirmed) if agreed and len(confirmed) == 2 else None,
    )
    return ChoiceReading(choice=choice, status=status, denied=denied)
