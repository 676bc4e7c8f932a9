// SPDX-License-Identifier: Apache-2.0
import { useCallback, useEffect, useRef, useState } from "react";
import type { GivenCredential } from "../../credential/credential-form.tsx";
import { needsSignIn, signOut } from "../../credential/signed-in.ts";
import { failureText } from "../../failure.ts";
import { addEntries } from "./activity-entries.ts";
import type { ActivityEntry } from "./activity-entry.ts";
import { followLog, readLog } from "./log-stream.ts";

/** The log that is open on this screen. */
export interface OpenLog {
  /** Id of its account; empty: the broker's own. Undefined: none is open. */
  readonly account: string | undefined;
  readonly entries: readonly ActivityEntry[];
  /** Entries still come as they happen. */
  readonly isLive: boolean;
  /** It was open, and lock or time has closed it. */
  readonly wasClosed: boolean;
  readonly failure: string | undefined;
}

/** Open, follow and close a log. */
export interface ActivityReading extends OpenLog {
  /** For a page that is signed in. */
  readonly open: (account: string) => void;
  /** With a credential, for this alone. @throws ConnectError */
  readonly openWith: (
    account: string,
    credential: GivenCredential,
  ) => Promise<void>;
  readonly close: () => void;
  /** Nobody was there for too long: as if a lock had closed it. */
  readonly endForIdle: () => void;
}

const nothing: OpenLog = {
  account: undefined,
  entries: [],
  isLive: false,
  wasClosed: false,
  failure: undefined,
};

// By then a call that has no answer yet was sent, milliseconds.
const sentMs = 5_000;

/** Reads one log at a time. What a lock closes is gone from the page at once. */
export function useActivity(): ActivityReading {
  const [log, setLog] = useState<OpenLog>(nothing);
  const running = useRef<AbortController>(undefined);
  useEffect(() => () => running.current?.abort(), []);

  const begin = useCallback(
    (
      account: string,
      credential: GivenCredential | undefined,
      entries: readonly ActivityEntry[],
    ): Promise<void> => {
      running.current?.abort();
      const abort = new AbortController();
      running.current = abort;
      setLog({ ...nothing, account, entries, isLive: true });
      const onEnd = (error?: unknown) => {
        if (abort.signal.aborted) return;
        const isClosed = error !== undefined && needsSignIn(error);
        if (isClosed) signOut(account);
        const failure =
          error === undefined || isClosed ? undefined : failureText(error);
        setLog((now) =>
          isClosed
            ? { ...nothing, wasClosed: true }
            : { ...now, isLive: false, failure },
        );
      };
      return new Promise((first) => {
        const onEntries = (more: readonly ActivityEntry[]) => {
          first();
          setLog((now) => ({ ...now, entries: addEntries(now.entries, more) }));
        };
        followLog(account, credential, abort.signal, onEntries)
          .then(() => onEnd(), onEnd)
          .finally(first);
        window.setTimeout(first, sentMs);
      });
    },
    [],
  );

  return {
    ...log,
    open: useCallback((account) => void begin(account, undefined, []), [begin]),
    openWith: useCallback(
      // What is there already tells whether the credential is right; what is
      // still to come, of a log without entries, would not.
      async (account, credential) =>
        begin(account, credential, await readLog(account, credential)),
      [begin],
    ),
    close: useCallback(() => {
      running.current?.abort();
      setLog(nothing);
    }, []),
    endForIdle: useCallback(() => {
      running.current?.abort();
      setLog((now) => ({
        ...nothing,
        wasClosed: now.account !== undefined || now.wasClosed,
      }));
    }, []),
  };
}
