# SPDX-License-Identifier: Apache-2.0
"""What a Request does, once it is judged."""

import reference as references
from assent.v1 import item_pb2, operation_pb2
from failure import Failure
from judgement import MOST, Judgement

FILES = {"read_file", "put_file", "delete_file"}


class Operation(Judgement):
    """`perform` with the scopes of `allowing`, and no others."""

    def perform(self, scopes, wall_ms):
        """`scopes`: those of `allowing`. Raises Failure."""
        if self.case in FILES:
            raise Failure("NOT_FOUND" if self.case != "put_file" else "unimplemented")
        result = operation_pb2.Result()
        getattr(self, f"_{self.case}")(scopes, result, wall_ms)
        return result

    def _resolve_secrets(self, scopes, result, wall_ms):
        for text in self._part.references:
            outcome = result.resolved_secrets.secrets.add()
            scope = next((one for one in scopes if self._reads(one, text)), None)
            try:
                if scope is None:
                    raise references.Unread("OUT_OF_SCOPE")
                parsed = references.parse(text)
                vault, item = references.find_item(parsed, scope.visible(self._account))
                field = references.find_field(parsed, item)
                outcome.value = references.value_of(field, parsed.attribute, wall_ms)
                outcome.vault_id, outcome.item_id = vault.id, item.overview.id
            except references.Unread as unread:
                outcome.failure = operation_pb2.ReferenceFailure.Value(
                    f"REFERENCE_FAILURE_{unread}"
                )

    def _list_vaults(self, scopes, result, _):
        result.vaults.SetInParent()
        for vault in sorted(self._account.vaults.values(), key=lambda one: one.name):
            if any(scope.has_vault(vault.id) for scope in scopes):
                fill_vault(result.vaults.vaults.add(), vault)

    def _put_vault(self, _scopes, result, _):
        wanted = self._part.vault
        if not wanted.name.strip():
            raise Failure("INVALID")
        if not wanted.id:
            vault = self._account.add_vault(wanted.name, wanted.description)
        else:
            vault = self._known(wanted.id)
            vault.name, vault.description = wanted.name, wanted.description
        fill_vault(result.vault, vault)

    def _known(self, vault_id):
        vault = self._account.vaults.get(vault_id)
        if vault is None:
            raise Failure("NOT_FOUND")
        return vault

    def _delete_vault(self, _scopes, result, _):
        del self._account.vaults[self._known(self._part.vault_id).id]
        result.done.SetInParent()

    def _asked_vault(self, scopes):
        for scope in scopes:
            vault = self._vault(scope, self._part.vault)
            if vault is not None:
                return vault
        raise Failure("NOT_FOUND")

    def _list_items(self, scopes, result, _):
        vault = self._asked_vault(scopes)
        size = min(self._part.page_size or MOST, MOST)
        token = self._part.page_token or "0"
        if not token.isdecimal() or len(token) > 9:
            raise Failure("INVALID")
        items = [
            item.overview
            for item in sorted(vault.items.values(), key=lambda one: one.overview.title)
            if self._part.archived or not item.overview.archived
        ]
        end = int(token) + size
        result.item_overviews.items.extend(items[int(token) : end])
        if end < len(items):
            result.item_overviews.next_page_token = str(end)
        result.item_overviews.SetInParent()

    def _get_items(self, scopes, result, _):
        self._asked_vault(scopes)
        for item_id in self._part.item_ids:
            outcome = result.item_outcomes.outcomes.add()
            vault = next(filter(None, (self._gets(one, item_id) for one in scopes)), None)
            if vault is None:
                outcome.failure = operation_pb2.ITEM_FAILURE_OUT_OF_SCOPE
            elif item_id in vault.items:
                outcome.item.CopyFrom(vault.items[item_id])
            else:
                outcome.failure = operation_pb2.ITEM_FAILURE_NOT_FOUND

    def _put_items(self, scopes, result, _):
        for item in self._part.items:
            outcome = result.item_outcomes.outcomes.add()
            failure = self._put_failure(scopes, item)
            if failure is not None:
                outcome.failure = failure
                continue
            at = self._where(item.overview.id)
            if at is not None:
                del at.items[item.overview.id]
            vault = self._account.vaults[item.overview.vault_id]
            outcome.item.CopyFrom(vault.add(item))

    def _put_failure(self, scopes, item):
        if not any(self._puts(scope, item) for scope in scopes):
            return operation_pb2.ITEM_FAILURE_OUT_OF_SCOPE
        at = self._where(item.overview.id)
        if item.overview.vault_id not in self._account.vaults or (item.overview.id and not at):
            return operation_pb2.ITEM_FAILURE_NOT_FOUND
        if not item.overview.title.strip() or (item.revision and not at):
            return operation_pb2.ITEM_FAILURE_INVALID
        if at is not None and at.items[item.overview.id].revision != item.revision:
            return operation_pb2.ITEM_FAILURE_CONFLICT
        return None

    def _remove_items(self, _scopes, result, _):
        vault = self._known(self._part.vault_id)
        if not all(item_id in vault.items for item_id in self._part.item_ids):
            raise Failure("NOT_FOUND")
        for item_id in self._part.item_ids:
            if self._part.archive:
                vault.items[item_id].overview.archived = True
            else:
                vault.items.pop(item_id, None)
        result.done.SetInParent()


def fill_vault(message, vault):
    message.id, message.name, message.description = vault.id, vault.name, vault.description
    message.item_count = len(vault.items)


def concealed(name, value, kind=item_pb2.FIELD_TYPE_CONCEALED):
    """A field, as accounts are seeded with."""
    return item_pb2.Field(id=name, title=name, type=kind, value=value.encode())
