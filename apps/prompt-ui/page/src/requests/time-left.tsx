// SPDX-License-Identifier: Apache-2.0
import type { PromptBody } from "@assent/protocol/owner";
import { secondsLeftText, timeLeftText } from "@assent/wording";
import { timestampMs } from "@bufbuild/protobuf/wkt";
import type { ReactElement } from "react";
import { useTimeOfDay } from "./clock.ts";

/** What is left of the time to answer. Read aloud at 30 and at 10 seconds, and no oftener. */
export function TimeLeft({
  body: { createdAt, expiresAt },
}: {
  readonly body: PromptBody;
}): ReactElement | null {
  const time = useTimeOfDay();
  if (createdAt === undefined || expiresAt === undefined) return null;
  const endMs = timestampMs(expiresAt);
  const wholeMs = Math.max(endMs - timestampMs(createdAt), 1);
  const leftMs = Math.min(Math.max(endMs - time, 0), wholeMs);
  const part = ((leftMs / wholeMs) * 100).toFixed(1);
  return (
    <>
      <span className="time-left" role="timer" aria-live="off">
        <svg viewBox="0 0 20 20" aria-hidden="true">
          <circle className="time-left-whole" cx="10" cy="10" r="8" />
          <circle
            className="time-left-rest"
            cx="10"
            cy="10"
            r="8"
            pathLength="100"
            strokeDasharray={`${part} 100`}
          />
        </svg>
        {timeLeftText(leftMs)}
      </span>
      <span className="unseen" role="status">
        {announced(leftMs)}
      </span>
    </>
  );
}

function announced(leftMs: number): string {
  const due = [10, 30].find((seconds) => leftMs <= seconds * 1_000);
  return due === undefined || leftMs === 0 ? "" : secondsLeftText(due);
}
