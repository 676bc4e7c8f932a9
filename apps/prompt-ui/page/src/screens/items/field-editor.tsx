// SPDX-License-Identifier: Apache-2.0
import { FieldType, FieldTypeSchema } from "@assent/protocol";
import {
  fieldTypeText,
  isConcealed,
  itemText,
  ofAccount,
} from "@assent/wording";
import { type ReactElement, useEffect, useRef, useState } from "react";
import { Button } from "../../ui/button.tsx";
import { Field } from "../../ui/field.tsx";
import { PasswordField } from "../../ui/password-field.tsx";
import { SelectField } from "../../ui/select-field.tsx";
import { TextArea } from "../../ui/text-area.tsx";
import { Generator } from "./generator.tsx";
import type { FieldDraft } from "./item-draft.ts";

/** Where what is concealed is typed: read when it is stored, never part of the state. */
export type SecretInputs = Map<string, HTMLInputElement | HTMLTextAreaElement>;

/** One field of an item that is edited. */
export function FieldEditor({
  field,
  secrets,
  onChange,
  onRemove,
}: {
  readonly field: FieldDraft;
  readonly secrets: SecretInputs;
  readonly onChange: (part: Partial<FieldDraft>) => void;
  readonly onRemove: () => void;
}): ReactElement {
  const [isGenerating, setGenerating] = useState(false);
  const { key, title, section, type } = field;
  return (
    <fieldset className="field-editor">
      <legend className="unseen">
        {title === "" ? itemText.field : ofAccount(itemText.field, title)}
      </legend>
      <Field
        label={itemText.fieldName}
        value={title}
        maxLength={256}
        onChange={(event) => onChange({ title: event.target.value })}
      />
      <SelectField
        label={itemText.fieldType}
        value={String(type)}
        choices={types.map((one) => ({
          value: String(one),
          text: fieldTypeText(one),
        }))}
        onChoose={(value) => {
          const chosen = types.find((one) => String(one) === value);
          if (chosen !== undefined) onChange({ type: chosen });
        }}
      />
      <div className="field-editor-value">
        <Value
          key={String(isConcealed(type))}
          {...{ field, secrets, onChange }}
        />
      </div>
      <Field
        label={itemText.section}
        value={section}
        maxLength={256}
        onChange={(event) => onChange({ section: event.target.value })}
      />
      <div className="field-editor-actions">
        {type === FieldType.CONCEALED && (
          <Button
            small
            icon="refresh"
            aria-expanded={isGenerating}
            onClick={() => setGenerating(!isGenerating)}
          >
            {itemText.generate}
          </Button>
        )}
        <Button
          small
          kind="quiet"
          icon="remove"
          aria-label={ofAccount(itemText.removeField, title)}
          onClick={onRemove}
        >
          {itemText.removeField}
        </Button>
      </div>
      {isGenerating && type === FieldType.CONCEALED && (
        <Generator
          use={(password) => {
            const input = secrets.get(key);
            if (input !== undefined) input.value = password;
            input?.focus();
            setGenerating(false);
          }}
        />
      )}
    </fieldset>
  );
}

const types: readonly FieldType[] = FieldTypeSchema.values
  .map(({ number }) => number as FieldType)
  .filter((type) => type !== FieldType.UNSPECIFIED);

const inputTypes: Readonly<Partial<Record<FieldType, string>>> = {
  [FieldType.URL]: "url",
  [FieldType.EMAIL]: "email",
  [FieldType.PHONE]: "tel",
  [FieldType.DATE]: "date",
  [FieldType.MONTH_YEAR]: "month",
};

function Value({
  field: { key, type, value, isNew },
  secrets,
  onChange,
}: {
  readonly field: FieldDraft;
  readonly secrets: SecretInputs;
  readonly onChange: (part: Partial<FieldDraft>) => void;
}): ReactElement {
  const line = useRef<HTMLInputElement>(null);
  const text = useRef<HTMLTextAreaElement>(null);
  const secret = isConcealed(type);
  useEffect(() => {
    const input = type === FieldType.SSH_KEY ? text.current : line.current;
    if (!secret || input === null) return;
    secrets.set(key, input);
    return () => {
      secrets.delete(key);
    };
  }, [key, type, secret, secrets]);
  const placeholder = isNew || value !== undefined ? "" : itemText.kept;
  if (type === FieldType.SSH_KEY) {
    return (
      <TextArea
        ref={text}
        className="concealed"
        label={itemText.fieldValue}
        rows={4}
        placeholder={placeholder}
      />
    );
  }
  if (secret) {
    return (
      <PasswordField
        inputRef={line}
        label={itemText.fieldValue}
        placeholder={placeholder}
        autoComplete="off"
      />
    );
  }
  return (
    <Field
      type={inputTypes[type] ?? "text"}
      label={itemText.fieldValue}
      value={value ?? ""}
      placeholder={placeholder}
      onChange={(event) => onChange({ value: event.target.value })}
    />
  );
}
