// SPDX-License-Identifier: Apache-2.0
import { scopeHeading } from "@assent/wording";
import type { ReactElement } from "react";
import { Icon } from "../ui/icon.tsx";
import { Sentence } from "../ui/safe-text.tsx";
import type { Card } from "./card.ts";
import "./allowance.css";

/** What approval would allow, all of it, and for how long (PRM-003, PRM-004). */
export function Allowance({ card }: { readonly card: Card }): ReactElement {
  const { scope, until, account } = card.described;
  const [lasts, ...conditions] = until;
  return (
    <section className="allowance">
      <h2>{scopeHeading}</h2>
      <ul>
        {scope.map(({ kind, text, details }) => (
          <li key={text}>
            <Icon name={kind === "write" ? "write" : "key"} />
            <div>
              <Sentence text={text} names={[account]} />
              {details.map((detail) => (
                <small key={detail}>
                  <bdi>
                    <Sentence text={detail} />
                  </bdi>
                </small>
              ))}
            </div>
          </li>
        ))}
        <li>
          <Icon name="clock" />
          <div>
            {lasts}
            {conditions.map((condition) => (
              <small key={condition}>
                <Sentence text={condition} names={[account]} />
              </small>
            ))}
          </div>
        </li>
      </ul>
    </section>
  );
}
