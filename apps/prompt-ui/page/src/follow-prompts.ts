// SPDX-License-Identifier: Apache-2.0
import { PromptService } from "@assent/protocol/owner";
import { Code, ConnectError } from "@connectrpc/connect";
import { pageKeyItem, pageStateHeader } from "../../host/contract.ts";
import { refreshAccounts } from "./accounts.ts";
import { ownerClient } from "./client.ts";
import { endPage, isOver, pageEndOf, setConnection } from "./connection.ts";
import { dispatch } from "./requests/live-requests.ts";
import { readPrompt } from "./requests/waiting-prompt.ts";

/** Open the one stream of this page. When it ends the page is over (T54). */
export async function followPrompts(): Promise<void> {
  if (window.sessionStorage.getItem(pageKeyItem) === null) {
    return setConnection("no-key");
  }
  try {
    const changes = ownerClient(PromptService).watchPrompts(
      { surface: "web" },
      {
        onHeader: (headers) =>
          setConnection(
            headers.get(pageStateHeader) === "sign-in" ? "sign-in" : "live",
          ),
      },
    );
    for await (const { prompts, ended } of changes) {
      setConnection("live");
      dispatch({
        kind: "prompts",
        prompts: await Promise.all(prompts.map(readPrompt)),
        ended,
      });
      // What ended a request may have locked or unlocked an account.
      if (ended.length > 0) void refreshAccounts();
    }
    endPage("offline");
  } catch (error) {
    if (isOver()) return;
    const end = pageEndOf(error);
    const isCrowded =
      end === undefined &&
      ConnectError.from(error).code === Code.ResourceExhausted;
    if (isCrowded) setConnection("crowded");
    else endPage(end ?? "offline");
  }
}
