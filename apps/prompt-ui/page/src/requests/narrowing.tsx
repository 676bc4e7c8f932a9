// SPDX-License-Identifier: Apache-2.0
import { requestText } from "@assent/wording";
import { lazy, type ReactElement, Suspense, useId, useState } from "react";
import { Icon } from "../ui/icon.tsx";
import type { Card } from "./card.ts";
import "./narrowing.css";

const NarrowingFields = lazy(() => import("./narrowing-fields.tsx"));

/** Opens the ways to allow less than asked: only reading, only some of it, for a shorter time. */
export function NarrowingOptions({
  card,
}: {
  readonly card: Card;
}): ReactElement {
  const [isOpen, setOpen] = useState(false);
  const id = useId();
  return (
    <div className="narrowing">
      <button
        type="button"
        aria-expanded={isOpen}
        aria-controls={id}
        onClick={() => setOpen(!isOpen)}
      >
        <Icon name="narrow" />
        {requestText.allowLess}
        <Icon name="expand" />
      </button>
      <div id={id}>
        {isOpen && (
          <Suspense>
            <NarrowingFields card={card} />
          </Suspense>
        )}
      </div>
    </div>
  );
}
