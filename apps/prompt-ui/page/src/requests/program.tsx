// SPDX-License-Identifier: Apache-2.0
import { Warning } from "@assent/protocol/owner";
import { type LabelledText, notChecked } from "@assent/wording";
import type { ReactElement } from "react";
import { Icon } from "../ui/icon.tsx";
import { PathText, SafeText, Sentence } from "../ui/safe-text.tsx";
import { Tag } from "../ui/tag.tsx";
import type { Card } from "./card.ts";
import "./program.css";

/** Who asks: what the system knows, and apart from it what the program says of itself (PRM-002, PRM-005). */
export function Program({ card }: { readonly card: Card }): ReactElement {
  const { program, claims, isDangerous } = card.described;
  const isInterpreter = card.prompt.body.warnings.includes(Warning.INTERPRETER);
  return (
    <div className="program">
      <div className="program-facts">
        <span className="program-tile" data-danger={isDangerous}>
          <Icon
            name={
              isDangerous ? "file" : isInterpreter ? "interpreter" : "terminal"
            }
          />
        </span>
        <div>
          <b className="program-name">
            <SafeText text={program.name} />
          </b>
          <PathText path={program.path} />
          <p className="program-source">
            <Icon name="info" />
            {program.source}
          </p>
        </div>
      </div>
      <Labelled lines={program.facts} />
      <Labelled lines={claims} isClaim />
    </div>
  );
}

function Labelled({
  lines,
  isClaim = false,
}: {
  readonly lines: readonly LabelledText[];
  readonly isClaim?: boolean;
}): ReactElement | null {
  if (lines.length === 0) return null;
  return (
    <dl className={isClaim ? "labelled labelled-claims" : "labelled"}>
      {lines.map(({ label, text }) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>
            <bdi>
              <Sentence text={text} />
            </bdi>
            {isClaim && (
              <>
                {" "}
                <Tag kind="claim">{notChecked}</Tag>
              </>
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}
