// SPDX-License-Identifier: Apache-2.0
import { requestText, stateText } from "@assent/wording";
import { lazy, type ReactElement, Suspense } from "react";
import { useAccounts } from "../accounts.ts";
import { linkTo } from "../route.ts";
import { useNewcomer } from "../screens/accounts/newcomer.ts";
import { Empty } from "../ui/empty.tsx";
import { Notice } from "../ui/notice.tsx";
import { Sentence } from "../ui/safe-text.tsx";
import type { Card } from "./card.ts";
import { useIntegration } from "./integration.ts";
import { Undo } from "./undo.tsx";

const FirstSteps = lazy(
  () => import("../screens/accounts/first-steps-screen.tsx"),
);

/** Nothing waits for the user; the last answer can be taken back for a while. */
export default function NothingWaits({
  last,
}: {
  readonly last: Card | undefined;
}): ReactElement {
  const isOn = useIntegration();
  const hasNone = useAccounts()?.length === 0;
  const isNew = useNewcomer() !== "settled";
  if (hasNone || isNew) {
    return (
      <Suspense>
        <FirstSteps />
      </Suspense>
    );
  }
  return (
    <Empty title={stateText.empty} level={1}>
      {isOn === false ? (
        <Notice kind="caution">
          {stateText.integrationOff}{" "}
          <a href={linkTo("settings")}>{requestText.toSettings}</a>
        </Notice>
      ) : hasNone ? (
        <Notice kind="info">
          {requestText.noAccount}{" "}
          <a href={linkTo("accounts")}>{requestText.toAccounts}</a>
        </Notice>
      ) : (
        <p>{requestText.emptyHint}</p>
      )}
      {last?.outcome !== undefined && (
        <Last card={last} text={last.outcome.text} />
      )}
    </Empty>
  );
}

function Last({
  card,
  text,
}: {
  readonly card: Card;
  readonly text: string;
}): ReactElement {
  const { program, account } = card.described;
  return (
    <div className="last-answer">
      <Notice kind={card.outcome?.kind === "approved" ? "good" : "info"} live>
        <Sentence text={text} names={[program.name, account]} />{" "}
        <Undo card={card} />
      </Notice>
    </div>
  );
}
