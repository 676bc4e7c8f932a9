// SPDX-License-Identifier: Apache-2.0
import type { ItemOverview, Vault } from "@assent/protocol";
import type { AccountRef } from "@assent/protocol/owner";
import {
  categoryText,
  changedText,
  hiddenInText,
  itemRemovedText,
  itemText,
  makeSafe,
  whenText,
} from "@assent/wording";
import { timestampMs } from "@bufbuild/protobuf/wkt";
import { type ReactElement, useState } from "react";
import { CredentialForm } from "../../credential/credential-form.tsx";
import { ToldLine, useTold } from "../../credential/told.tsx";
import { linkTo } from "../../route.ts";
import { Button } from "../../ui/button.tsx";
import { Notice } from "../../ui/notice.tsx";
import { Panel, ScreenFrame } from "../../ui/panel.tsx";
import { SafeText } from "../../ui/safe-text.tsx";
import { Tag } from "../../ui/tag.tsx";
import { forgetItem, getItem, removeItem } from "./item-calls.ts";
import { draftOf } from "./item-draft.ts";
import { ItemEditor, type StoredItem } from "./item-editor.tsx";
import { ClipboardLine, ItemFields } from "./item-fields.tsx";
import { useClipboard } from "./use-clipboard.ts";
import { useExposure } from "./use-exposure.ts";

type Form = "edit" | "archive" | "delete";

/** One item: what its overview tells, and what is in it once the password was given for this view. */
export function ItemView({
  account,
  vault,
  overview,
  onChanged,
  onRemoved,
}: {
  readonly account: AccountRef;
  readonly vault: Vault;
  readonly overview: ItemOverview;
  readonly onChanged: () => Promise<void>;
  readonly onRemoved: (text: string) => Promise<void>;
}): ReactElement {
  const exposure = useExposure();
  const clipboard = useClipboard();
  const teller = useTold();
  const [form, setForm] = useState<Form>();
  const [editing, setEditing] = useState<StoredItem>();
  const toggle = (wanted: Form) => {
    exposure.hide();
    teller.hush();
    setForm(form === wanted ? undefined : wanted);
  };

  if (editing !== undefined) {
    return (
      <ItemEditor
        account={account}
        vault={vault}
        stored={editing}
        onStored={async () => {
          await onChanged();
          setEditing(undefined);
          setForm(undefined);
          teller.tell(changedText(overview.title));
        }}
        onCancel={() => {
          setEditing(undefined);
          setForm(undefined);
        }}
      />
    );
  }
  const close = () => setForm(undefined);
  return (
    <ScreenFrame
      title={makeSafe(overview.title)}
      lead={
        <a href={linkTo("items", account.id, vault.id)}>
          {makeSafe(vault.name)}
        </a>
      }
      actions={
        <div className="row-actions">
          <Button
            small
            icon="write"
            aria-expanded={form === "edit"}
            onClick={() => toggle("edit")}
          >
            {itemText.edit}
          </Button>
          {!overview.archived && (
            <Button
              small
              aria-expanded={form === "archive"}
              onClick={() => toggle("archive")}
            >
              {itemText.archive}
            </Button>
          )}
          <Button
            small
            kind="danger"
            aria-expanded={form === "delete"}
            onClick={() => toggle("delete")}
          >
            {itemText.delete}
          </Button>
        </div>
      }
    >
      <ToldLine told={teller.told} />
      {form === "edit" && (
        <Panel title={itemText.edit}>
          <div className="panel-body">
            <p className="form-hint">{itemText.editHint}</p>
            <CredentialForm
              account={account}
              submit={itemText.edit}
              autoFocus
              run={async (credential) => {
                const item = await getItem(credential, vault.id, overview.id);
                setEditing({
                  id: overview.id,
                  revision: item.revision,
                  draft: draftOf(item),
                });
                forgetItem(item);
              }}
              onCancel={close}
            />
          </div>
        </Panel>
      )}
      {(form === "archive" || form === "delete") && (
        <Panel title={form === "archive" ? itemText.archive : itemText.delete}>
          <div className="panel-body">
            <Notice kind={form === "archive" ? "caution" : "danger"}>
              {form === "archive" ? itemText.archiveHint : itemText.deleteHint}
            </Notice>
            <CredentialForm
              key={form}
              account={account}
              submit={form === "archive" ? itemText.archive : itemText.delete}
              kind="danger"
              autoFocus
              run={async (credential) => {
                const archive = form === "archive";
                await removeItem(credential, overview, archive);
                await onRemoved(itemRemovedText(overview.title, archive));
              }}
              onCancel={close}
            />
          </div>
        </Panel>
      )}
      <Overview overview={overview} />
      <Panel
        title={itemText.contents}
        actions={
          exposure.item !== undefined && (
            <div className="row-actions exposure">
              <span aria-live="off">{hiddenInText(exposure.leftMs)}</span>
              <Button small icon="hide" onClick={exposure.hide}>
                {itemText.hideNow}
              </Button>
            </div>
          )
        }
      >
        {exposure.item === undefined ? (
          <div className="panel-body">
            <p className="form-hint">{itemText.openHint}</p>
            {form === undefined && (
              <CredentialForm
                account={account}
                submit={itemText.open}
                icon="show"
                run={async (credential) => {
                  teller.hush();
                  exposure.expose(
                    await getItem(credential, vault.id, overview.id),
                  );
                }}
              />
            )}
          </div>
        ) : (
          <ItemFields
            item={exposure.item}
            vaultName={vault.name}
            clipboard={clipboard}
          />
        )}
        <ClipboardLine clipboard={clipboard} />
      </Panel>
    </ScreenFrame>
  );
}

function Overview({
  overview: { category, tags, urls, archived, updatedAt },
}: {
  readonly overview: ItemOverview;
}): ReactElement {
  return (
    <Panel>
      <dl className="overview">
        <dt>{itemText.category}</dt>
        <dd>
          {categoryText(category)} {archived && <Tag>{itemText.archived}</Tag>}
        </dd>
        {tags.length > 0 && (
          <>
            <dt>{itemText.tagsOf}</dt>
            <dd className="overview-tags">
              {tags.map((tag) => (
                <Tag key={tag}>
                  <SafeText text={tag} maxLength={60} />
                </Tag>
              ))}
            </dd>
          </>
        )}
        {urls.length > 0 && (
          <>
            <dt>{itemText.urlsOf}</dt>
            <dd>
              {urls.map((url) => (
                <div key={url}>
                  <SafeText text={url} maxLength={300} />
                </div>
              ))}
            </dd>
          </>
        )}
        {updatedAt !== undefined && (
          <>
            <dt>{itemText.changedAt}</dt>
            <dd>{whenText(timestampMs(updatedAt), Date.now())}</dd>
          </>
        )}
      </dl>
    </Panel>
  );
}
