// SPDX-License-Identifier: Apache-2.0
import { othersWaitText } from "@assent/wording";
import { lazy, type ReactElement, Suspense, useEffect } from "react";
import { useStore } from "../store.ts";
import { requests } from "./live-requests.ts";
import { RequestCard } from "./request-card.tsx";
import { countOthers } from "./requests-state.ts";

// Not part of what a request needs to be on screen; there long before it is over.
const loadOutcomeCard = () => import("./outcome-card.tsx");
const OutcomeCard = lazy(loadOutcomeCard);
const NothingWaits = lazy(() => import("./nothing-waits.tsx"));

/** The screen where requests are answered, one at a time. */
export function Requests(): ReactElement {
  const { card, last, queue } = useStore(requests);
  const others = countOthers({ card, last, queue });
  useEffect(() => void loadOutcomeCard(), []);
  return (
    <>
      <Suspense>
        {card === undefined ? (
          <NothingWaits last={last} />
        ) : card.outcome === undefined ? (
          <RequestCard card={card} others={others} key={card.prompt.id} />
        ) : (
          <OutcomeCard card={card} outcome={card.outcome} others={others} />
        )}
      </Suspense>
      <p className="unseen" role="status">
        {card !== undefined && others > 0 ? othersWaitText(others) : ""}
      </p>
    </>
  );
}
