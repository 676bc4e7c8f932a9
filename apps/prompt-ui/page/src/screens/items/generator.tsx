// SPDX-License-Identifier: Apache-2.0
import { itemText, strengthText } from "@assent/wording";
import { type ReactElement, useId, useState } from "react";
import { Button } from "../../ui/button.tsx";
import { CheckField } from "../../ui/select-field.tsx";
import {
  type GeneratorOptions,
  generatePassword,
  generatorLimits,
  strengthBits,
  usualOptions,
} from "./password-generator.ts";

const kinds = ["letters", "digits", "symbols", "lookAlikes"] as const;

/** Makes a password from what is chosen, for the field it stands under. */
export function Generator({
  use,
}: {
  readonly use: (password: string) => void;
}): ReactElement {
  const [options, setOptions] = useState<GeneratorOptions>(usualOptions);
  const id = useId();
  const bits = strengthBits(options);
  const make = () => {
    const bytes = generatePassword(options, (random) =>
      crypto.getRandomValues(random),
    );
    use(new TextDecoder().decode(bytes));
    bytes.fill(0);
  };
  return (
    <div className="generator">
      <div className="generator-length">
        <label htmlFor={id}>{itemText.length}</label>
        <input
          id={id}
          type="range"
          min={generatorLimits.least}
          max={generatorLimits.most}
          value={options.length}
          onChange={(event) =>
            setOptions({ ...options, length: event.target.valueAsNumber })
          }
        />
        <output htmlFor={id}>{options.length}</output>
      </div>
      <div className="generator-kinds">
        {kinds.map((kind) => (
          <CheckField
            key={kind}
            label={itemText[kind]}
            checked={options[kind]}
            onChange={(event) =>
              setOptions({ ...options, [kind]: event.target.checked })
            }
          />
        ))}
      </div>
      <p className="form-hint" role="status">
        {bits === 0 ? itemText.noKind : strengthText(bits)}
      </p>
      <div className="form-actions">
        <Button disabled={bits === 0} onClick={make}>
          {itemText.use}
        </Button>
      </div>
    </div>
  );
}
