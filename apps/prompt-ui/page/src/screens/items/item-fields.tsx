// SPDX-License-Identifier: Apache-2.0
import type { Field, Item } from "@assent/protocol";
import {
  fieldReference,
  fieldTypeText,
  isConcealed,
  itemText,
  makeSafe,
  ofAccount,
  sizeText,
} from "@assent/wording";
import { type ReactElement, type ReactNode, useState } from "react";
import { Button } from "../../ui/button.tsx";
import { SafeText } from "../../ui/safe-text.tsx";
import type { Clipboard } from "./use-clipboard.ts";

/** What is in an item: each value, to be shown, copied, or named by its reference. */
export function ItemFields({
  item,
  vaultName,
  clipboard,
}: {
  readonly item: Item;
  readonly vaultName: string;
  readonly clipboard: Clipboard;
}): ReactElement {
  const groups = [
    { id: "", title: "" },
    ...item.sections.map(({ id, title }) => ({ id, title })),
  ].map((section) => ({
    ...section,
    fields: item.fields.filter(({ sectionId }) => sectionId === section.id),
  }));
  const isEmpty =
    item.fields.length + item.files.length + item.notes.length === 0;
  return (
    <div className="fields">
      {isEmpty && <p className="panel-body">{itemText.nothingInIt}</p>}
      {groups
        .filter(({ fields }) => fields.length > 0)
        .map(({ id, title, fields }) => (
          <section key={id}>
            {title !== "" && (
              <h3>
                <SafeText text={title} />
              </h3>
            )}
            <ul>
              {fields.map((field) => (
                <FieldRow
                  key={field.id}
                  title={field.title}
                  type={fieldTypeText(field.type)}
                  value={field.value}
                  isSecret={isConcealed(field.type)}
                  clipboard={clipboard}
                  reference={fieldReference(item, field as Field, vaultName)}
                />
              ))}
            </ul>
          </section>
        ))}
      {item.notes.length > 0 && (
        <ul>
          <FieldRow
            title={itemText.notes}
            type=""
            value={item.notes}
            isSecret
            clipboard={clipboard}
            reference={undefined}
          />
        </ul>
      )}
      {item.files.map(({ id, name, size }) => (
        <p key={id} className="panel-body">
          {itemText.files}: <SafeText text={name} /> ({sizeText(Number(size))})
        </p>
      ))}
    </div>
  );
}

/** What is on the clipboard, as far as it is known; it may be there longer than the values are shown. */
export function ClipboardLine({
  clipboard,
}: {
  readonly clipboard: Clipboard;
}): ReactElement {
  return (
    <div className="clipboard" role="status">
      {clipboard.note}
      {clipboard.canClear && (
        <Button small onClick={() => void clipboard.clear()}>
          {itemText.clearClipboard}
        </Button>
      )}
    </div>
  );
}

function FieldRow({
  title,
  type,
  value,
  isSecret,
  clipboard,
  reference,
}: {
  readonly title: string;
  readonly type: ReactNode;
  readonly value: Uint8Array;
  readonly isSecret: boolean;
  readonly clipboard: Clipboard;
  readonly reference: string | undefined;
}): ReactElement {
  const [isShown, setShown] = useState(!isSecret);
  return (
    <li className="item-field">
      <div className="item-field-main">
        <small>
          <SafeText text={title} /> <span className="item-type">{type}</span>
        </small>
        <div className={isSecret ? "item-value mono" : "item-value"}>
          {isShown ? (
            <SafeText text={decode(value)} maxLength={8_192} />
          ) : (
            <span aria-label={itemText.isHidden} role="img">
              {itemText.hidden}
            </span>
          )}
        </div>
        {reference !== undefined && (
          <code className="reference">{reference}</code>
        )}
      </div>
      <div className="row-actions">
        {isSecret && (
          <Button
            small
            aria-label={ofAccount(
              isShown ? itemText.conceal : itemText.reveal,
              makeSafe(title),
            )}
            onClick={() => setShown(!isShown)}
          >
            {isShown ? itemText.conceal : itemText.reveal}
          </Button>
        )}
        <Button
          small
          icon="copy"
          aria-label={ofAccount(itemText.copy, makeSafe(title))}
          onClick={() =>
            void (isSecret
              ? clipboard.copySecret(value)
              : clipboard.copyPlain(decode(value), itemText.copiedPlain))
          }
        >
          {itemText.copy}
        </Button>
        {reference !== undefined && (
          <Button
            small
            icon="access"
            iconOnly
            title={itemText.copyReference}
            onClick={() =>
              void clipboard.copyPlain(reference, itemText.referenceCopied)
            }
          >
            {ofAccount(itemText.copyReference, makeSafe(title))}
          </Button>
        )}
      </div>
    </li>
  );
}

function decode(value: Uint8Array): string {
  return new TextDecoder().decode(value);
}
