# SPDX-License-Identifier: Apache-2.0
"""Why a call is refused: a Connect code, a Reason, and a fixed text."""

from assent.v1 import error_pb2

VERSIONS = ("1.0",)

CODES = {
    "canceled": 499,
    "invalid_argument": 400,
    "deadline_exceeded": 504,
    "not_found": 404,
    "permission_denied": 403,
    "resource_exhausted": 429,
    "failed_precondition": 400,
    "aborted": 409,
    "unimplemented": 501,
    "internal": 500,
    "unavailable": 503,
    "unauthenticated": 401,
}

# Texts are fixed: nothing that a caller must not know can get into them.
REASONS = {
    "AUTHORIZATION_REQUIRED": ("unauthenticated", "Authorize first."),
    "SESSION_EXPIRED": ("unauthenticated", "The authorization has expired."),
    "ACCOUNT_LOCKED": ("unauthenticated", "The account was locked."),
    "SESSION_REVOKED": ("unauthenticated", "The authorization was revoked."),
    "PROCESS_CHANGED": ("unauthenticated", "This is not the process that was approved."),
    "PROMPT_DENIED": ("permission_denied", "The user said no."),
    "PROMPT_TIMED_OUT": ("permission_denied", "Nobody answered in time."),
    "OUT_OF_SCOPE": ("permission_denied", "That is not within what was granted."),
    "TOO_MANY_PROMPTS": ("resource_exhausted", "Too many prompts were not approved; wait a minute."),
    "PEER_UNIDENTIFIED": ("permission_denied", "The calling process cannot be identified."),
    "VERSION_UNSUPPORTED": ("failed_precondition", "This protocol version is not served."),
    "INTEGRATION_DISABLED": ("unavailable", "The broker is stopping."),
    "CONFLICT": ("aborted", "It has changed since it was read."),
    "NOT_FOUND": ("not_found", "There is no such thing within the scope."),
    "INVALID": ("invalid_argument", "The message breaks a rule of the schema."),
    "LIMIT_EXCEEDED": ("resource_exhausted", "A limit is exceeded."),
    "STORAGE_FAILED": ("unavailable", "The vault could not be read or written."),
    "INTERNAL": ("internal", "A fault in the broker."),
}

PLAIN = {
    "canceled": "The call was cancelled.",
    "deadline_exceeded": "The deadline has passed.",
    "unimplemented": "This is not served.",
}


class Failure(Exception):
    """Refuses the call. `name`: a Reason, or a code that has none."""

    def __init__(self, name):
        super().__init__(name)
        self.name = name
        self.code, self.message = REASONS.get(name) or (name, PLAIN[name])

    @property
    def http_status(self):
        return CODES[self.code]

    @property
    def detail(self):
        """The ErrorDetail that goes with it, or None."""
        if self.name not in REASONS:
            return None
        detail = error_pb2.ErrorDetail(reason=error_pb2.Reason.Value(f"REASON_{self.name}"))
        if self.name == "VERSION_UNSUPPORTED":
            detail.supported_versions.extend(VERSIONS)
        return detail
