// SPDX-License-Identifier: Apache-2.0
import { buttonText, requestText } from "@assent/wording";
import { type ReactElement, useState } from "react";
import { readOwnerFailure } from "../owner-failure.ts";
import { Button } from "../ui/button.tsx";
import type { Card } from "./card.ts";
import { dispatch } from "./live-requests.ts";
import type { RequestsEvent } from "./requests-state.ts";

// A chunk of its own: no request needs it.
const takeBack = () => import("./take-back.ts");

/** Takes an answer back: revokes what was approved, lets ask again what was muted. */
export function Undo({ card }: { readonly card: Card }): ReactElement | null {
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const { outcome } = card;
  const mute = outcome?.mute;
  const undo: (() => Promise<RequestsEvent>) | undefined =
    outcome?.kind === "approved"
      ? async () => (await takeBack()).revoke(card)
      : mute !== undefined
        ? async () => (await takeBack()).unmute(mute.id)
        : undefined;
  if (undo === undefined) return null;
  const run = async () => {
    setBusy(true);
    setProblem(undefined);
    try {
      dispatch(await undo());
    } catch (error) {
      setProblem(readOwnerFailure(error, false).text);
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <Button kind="link" busy={isBusy} onClick={() => void run()}>
        {mute === undefined ? buttonText.revoke : requestText.unblock}
      </Button>
      {problem !== undefined && (
        <p className="field-error" role="alert">
          {problem}
        </p>
      )}
    </>
  );
}
