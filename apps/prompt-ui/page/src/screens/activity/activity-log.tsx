// SPDX-License-Identifier: Apache-2.0
import {
  activityText,
  entriesText,
  outcomeText,
  spanText,
} from "@assent/wording";
import { type ReactElement, useState } from "react";
import { useNow } from "../../credential/fresh.ts";
import { Button } from "../../ui/button.tsx";
import { Empty } from "../../ui/empty.tsx";
import { Menu } from "../../ui/menu.tsx";
import { Panel } from "../../ui/panel.tsx";
import { SelectField } from "../../ui/select-field.tsx";
import { Tag } from "../../ui/tag.tsx";
import type { ActivityEntry } from "./activity-entry.ts";
import { exportCsv, exportJson } from "./activity-export.ts";
import {
  type ActivityFilter,
  everything,
  filterEntries,
  outcomeChoices,
  programChoices,
} from "./activity-filter.ts";
import { ActivityRow } from "./activity-row.tsx";
import { saveFile } from "./save-file.ts";

const page = 100;

/** An open log: filters, export, and the entries, newest first. */
export function ActivityLog({
  entries,
  isLive,
}: {
  readonly entries: readonly ActivityEntry[];
  readonly isLive: boolean;
}): ReactElement {
  const [filter, setFilter] = useState<ActivityFilter>(everything);
  const [most, setMost] = useState(page);
  const now = useNow(30_000);
  const matching = filterEntries(entries, filter, now);
  const change = (part: Partial<ActivityFilter>) => {
    setMost(page);
    setFilter((before) => ({ ...before, ...part }));
  };
  return (
    <>
      <div className="activity-filters">
        <SelectField
          label={activityText.program}
          value={filter.program ?? ""}
          choices={[
            { value: "", text: activityText.anyProgram },
            ...programChoices(entries).map(({ key, label }) => ({
              value: key,
              text: label,
            })),
          ]}
          onChoose={(program) => change({ program: program || undefined })}
        />
        <SelectField
          label={activityText.outcome}
          value={filter.outcome ?? ""}
          choices={[
            { value: "", text: activityText.anyOutcome },
            ...outcomeChoices(entries).map((outcome) => ({
              value: outcome,
              text: outcomeText(outcome),
            })),
          ]}
          onChoose={(value) =>
            change({
              outcome: outcomeChoices(entries).find((one) => one === value),
            })
          }
        />
        <SelectField
          label={activityText.time}
          value={filter.span}
          choices={spans.map((span) => ({ value: span, text: spanText(span) }))}
          onChoose={(value) =>
            change({ span: spans.find((span) => span === value) ?? "all" })
          }
        />
        <Menu
          label={activityText.export}
          button={{ icon: "download", disabled: matching.length === 0 }}
          items={[
            {
              key: "json",
              text: activityText.exportJson,
              hint: activityText.exportNote,
              onSelect: () => saveFile(exportJson(matching, Date.now())),
            },
            {
              key: "csv",
              text: activityText.exportCsv,
              onSelect: () => saveFile(exportCsv(matching, Date.now())),
            },
          ]}
        />
      </div>
      <Panel
        title={
          <span role="status">
            {entriesText(matching.length, entries.length)}
          </span>
        }
        actions={
          isLive ? (
            <Tag kind="good">{activityText.live}</Tag>
          ) : (
            <Tag>{activityText.ended}</Tag>
          )
        }
      >
        {matching.length === 0 ? (
          <Nothing
            isFiltered={entries.length > 0}
            clear={() => change(everything)}
          />
        ) : (
          <ul className="activity-list">
            {matching.slice(0, most).map((entry) => (
              <li key={String(entry.sequence)}>
                <ActivityRow entry={entry} nowMs={now} />
              </li>
            ))}
          </ul>
        )}
        {matching.length > most && (
          <div className="activity-more">
            <Button onClick={() => setMost(most + page)}>
              {activityText.more}
            </Button>
          </div>
        )}
      </Panel>
    </>
  );
}

const spans = ["all", "week", "day", "hour"] as const;

function Nothing({
  isFiltered,
  clear,
}: {
  readonly isFiltered: boolean;
  readonly clear: () => void;
}): ReactElement {
  return isFiltered ? (
    <Empty icon="search" title={activityText.noMatch}>
      <p>{activityText.noMatchHint}</p>
      <Button small onClick={clear}>
        {activityText.clear}
      </Button>
    </Empty>
  ) : (
    <Empty icon="activity" title={activityText.empty}>
      <p>{activityText.emptyHint}</p>
    </Empty>
  );
}
