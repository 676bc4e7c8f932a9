// SPDX-License-Identifier: Apache-2.0
import { Category, CategorySchema, type Vault } from "@assent/protocol";
import type { AccountRef } from "@assent/protocol/owner";
import {
  categoryText,
  changedText,
  itemText,
  makeSafe,
  storedText,
} from "@assent/wording";
import { type ReactElement, useRef, useState } from "react";
import { useUnfinished } from "../../come-here.ts";
import { CredentialForm } from "../../credential/credential-form.tsx";
import { SaidFailure } from "../../said-failure.ts";
import { Button } from "../../ui/button.tsx";
import { Field } from "../../ui/field.tsx";
import { Panel, ScreenFrame } from "../../ui/panel.tsx";
import { SelectField } from "../../ui/select-field.tsx";
import { TextArea } from "../../ui/text-area.tsx";
import { FieldEditor, type SecretInputs } from "./field-editor.tsx";
import { forgetItem, getItem, putItem } from "./item-calls.ts";
import {
  applyDraft,
  draftProblem,
  emptyField,
  type FieldDraft,
  type ItemDraft,
  isConcealedDraft,
  newDraft,
} from "./item-draft.ts";

/** An item that is there, as it is edited: nothing of it that is concealed. */
export interface StoredItem {
  readonly id: string;
  readonly revision: bigint;
  readonly draft: ItemDraft;
}

/**
 * A form for a new item, or one that is there. What is concealed is only in
 * the fields it is typed into, until it is stored. For an item that is there
 * the broker gives its values once more when it is stored, so that none had to
 * be kept meanwhile.
 */
export function ItemEditor({
  account,
  vault,
  stored,
  onStored,
  onCancel,
}: {
  readonly account: AccountRef;
  readonly vault: Vault;
  /** Undefined: a new one. */
  readonly stored: StoredItem | undefined;
  readonly onStored: (text: string) => Promise<void>;
  readonly onCancel: () => void;
}): ReactElement {
  useUnfinished();
  const [draft, setDraft] = useState(
    () => stored?.draft ?? newDraft(Category.LOGIN, newKey),
  );
  const secrets = useRef<SecretInputs>(new Map());
  const notes = useRef<HTMLTextAreaElement>(null);
  const change = (part: Partial<ItemDraft>) => setDraft({ ...draft, ...part });
  const changeField = (key: string, part: Partial<FieldDraft>) =>
    change({
      fields: draft.fields.map((field) =>
        field.key === key ? { ...field, ...part } : field,
      ),
    });
  const typed = (): ItemDraft => ({
    ...draft,
    notes: notes.current?.value || draft.notes,
    fields: draft.fields.map((field) => {
      const text = secrets.current.get(field.key)?.value ?? "";
      return isConcealedDraft(field) && text !== ""
        ? { ...field, value: text }
        : field;
    }),
  });

  const store = async (credential: Parameters<typeof putItem>[0]) => {
    const present = stored && (await getItem(credential, vault.id, stored.id));
    if (present !== undefined && present.revision !== stored?.revision) {
      forgetItem(present);
      throw new SaidFailure(itemText.conflict);
    }
    const whole = typed();
    const item = applyDraft(whole, present, vault.id, newKey);
    try {
      await putItem(credential, item);
    } finally {
      forgetItem(item);
      if (present !== undefined) forgetItem(present);
    }
    for (const input of secrets.current.values()) input.value = "";
    if (notes.current !== null) notes.current.value = "";
    await onStored(
      stored === undefined
        ? storedText(whole.title.trim(), vault.name)
        : changedText(whole.title.trim()),
    );
  };

  return (
    <ScreenFrame
      title={stored === undefined ? itemText.addItem : itemText.edit}
      lead={makeSafe(vault.name)}
    >
      <Panel>
        <div className="panel-body item-form">
          <Field
            label={itemText.itemTitle}
            value={draft.title}
            maxLength={256}
            onChange={(event) => change({ title: event.target.value })}
          />
          <SelectField
            label={itemText.category}
            value={String(draft.category)}
            choices={categories.map((category) => ({
              value: String(category),
              text: categoryText(category),
            }))}
            onChoose={(value) => {
              const chosen = categories.find((one) => String(one) === value);
              if (chosen !== undefined) setDraft(withCategory(draft, chosen));
            }}
          />
          <Field
            label={itemText.tags}
            value={draft.tags}
            onChange={(event) => change({ tags: event.target.value })}
          />
          <TextArea
            label={itemText.urls}
            value={draft.urls}
            rows={2}
            onChange={(event) => change({ urls: event.target.value })}
          />
        </div>
      </Panel>
      <Panel
        title={itemText.fields}
        actions={
          <Button
            small
            icon="add"
            onClick={() =>
              change({ fields: [...draft.fields, emptyField(newKey())] })
            }
          >
            {itemText.addField}
          </Button>
        }
      >
        {draft.fields.map((field) => (
          <FieldEditor
            key={field.key}
            field={field}
            secrets={secrets.current}
            onChange={(part) => changeField(field.key, part)}
            onRemove={() => {
              secrets.current.delete(field.key);
              change({
                fields: draft.fields.filter(({ key }) => key !== field.key),
              });
            }}
          />
        ))}
        <div className="panel-body">
          <TextArea
            ref={notes}
            label={itemText.notes}
            rows={3}
            placeholder={draft.notes === undefined ? itemText.kept : ""}
          />
          {draft.notes === undefined && (
            <Button
              kind="link"
              className="start"
              onClick={() => change({ notes: "" })}
            >
              {itemText.removeNotes}
            </Button>
          )}
        </div>
      </Panel>
      <Panel>
        <div className="panel-body">
          <CredentialForm
            account={account}
            submit={itemText.save}
            check={() => draftProblem(typed())}
            run={store}
            onCancel={onCancel}
          />
        </div>
      </Panel>
    </ScreenFrame>
  );
}

const categories: readonly Category[] = CategorySchema.values
  .map(({ number }) => number as Category)
  .filter((category) => category !== Category.UNSPECIFIED);

// The fields of another category, unless something was typed into these.
function withCategory(draft: ItemDraft, category: Category): ItemDraft {
  const isUntouched = draft.fields.every(
    ({ isNew, value }) => isNew && (value ?? "") === "",
  );
  return isUntouched
    ? { ...draft, category, fields: newDraft(category, newKey).fields }
    : { ...draft, category };
}

function newKey(): string {
  return crypto.randomUUID();
}
