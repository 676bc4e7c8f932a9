# SPDX-License-Identifier: Apache-2.0
"""
Which grants allow an operation, or parts of it: asked before the vault is
looked into. What is outside is answered alike, existing or not (SES-010).
"""

import reference as references
from account import one_named
from failure import Failure

MOST = 1_000
WRITES = {"put_vault", "delete_vault", "put_items", "remove_items", "put_file", "delete_file"}


def check(operation):
    """The case, if it is well-formed. What is empty or too long is refused."""
    case = operation.WhichOneof("operation")
    if case is None:
        raise Failure("INVALID")
    part = getattr(operation, case)
    for name in ("references", "item_ids", "items"):
        listed = getattr(part, name, None)
        if listed is not None and len(listed) == 0:
            raise Failure("INVALID")
        if listed is not None and len(listed) > MOST:
            raise Failure("LIMIT_EXCEEDED")
    return case


class Judgement:
    """One operation on an account, and the scopes its process was granted."""

    def __init__(self, message, account, scopes):
        self.case = check(message)
        self._part = getattr(message, self.case)
        self._account = account
        self._scopes = [one for one in scopes if one.writes or self.case not in WRITES]

    def allowing(self):
        """The scopes that allow at least a part; none: it is out of scope."""
        return [scope for scope in self._scopes if self._allows(scope)]

    def _allows(self, scope):
        part = self._part
        if self.case == "resolve_secrets":
            return any(self._reads(scope, text) for text in part.references)
        if self.case == "list_vaults":
            return scope.fields is None
        if self.case == "put_vault":
            return scope.has_vault(part.vault.id) if part.vault.id else scope.is_every
        if self.case in ("list_items", "get_items") and scope.fields is None:
            return self._vault(scope, part.vault) is not None or scope.is_every
        if self.case == "get_items":
            return any(self._gets(scope, item_id) for item_id in part.item_ids)
        if self.case == "list_items":
            return False
        if self.case == "put_items":
            return any(self._puts(scope, item) for item in part.items)
        return scope.has_vault(part.vault_id)

    def _reads(self, scope, text):
        """What does not parse names nothing, and so nothing outside."""
        try:
            parsed = references.parse(text)
        except references.Unread:
            return True
        if scope.is_every:
            return True
        try:
            vault, item = references.find_item(parsed, scope.visible(self._account))
        except references.Unread as unread:
            inside = "VAULT" not in str(unread) and scope.vaults is not None
            return inside
        if scope.has_item(vault.id, item.overview.id):
            return True
        try:
            field = references.find_field(parsed, item).id
        except references.Unread:
            return False
        return scope.has_field(vault.id, item.overview.id, field, parsed.attribute)

    def _vault(self, scope, asked):
        visible = scope.visible(self._account)
        found = one_named(visible, asked, lambda one: one.name, lambda one: one.id)
        return found[0] if len(found) == 1 else None

    def _gets(self, scope, item_id):
        """The vault it is asked from, if all of the item may be read."""
        vault = self._vault(scope, self._part.vault)
        return vault if vault is not None and scope.has_item(vault.id, item_id) else None

    def _where(self, item_id):
        """The vault an item is in, or None."""
        for vault in self._account.vaults.values():
            if item_id in vault.items:
                return vault
        return None

    def _puts(self, scope, item):
        """Both where it is and where it would go are judged."""
        if not scope.has_vault(item.overview.vault_id):
            return False
        if not item.overview.id:
            return True
        at = self._where(item.overview.id)
        return scope.is_every or (at is not None and scope.has_vault(at.id))
