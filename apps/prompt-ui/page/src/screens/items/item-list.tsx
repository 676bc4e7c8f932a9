// SPDX-License-Identifier: Apache-2.0
import type { ItemOverview, Vault } from "@assent/protocol";
import type { AccountRef } from "@assent/protocol/owner";
import { categoryText, itemsText, itemText } from "@assent/wording";
import { type ReactElement, useState } from "react";
import { linkTo } from "../../route.ts";
import { Button } from "../../ui/button.tsx";
import { Empty } from "../../ui/empty.tsx";
import { Field } from "../../ui/field.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Menu } from "../../ui/menu.tsx";
import { Panel } from "../../ui/panel.tsx";
import { SafeText } from "../../ui/safe-text.tsx";
import { CheckField } from "../../ui/select-field.tsx";
import { Tag } from "../../ui/tag.tsx";
import { categoryIcon } from "./category-icon.ts";
import { newItem } from "./item-path.ts";
import { searchItems } from "./item-search.ts";

const page = 200;

/** The items of a vault by title. */
export function ItemList({
  account,
  vault,
  items,
  removeVault,
}: {
  readonly account: AccountRef;
  readonly vault: Vault;
  /** Undefined: not told yet. */
  readonly items: readonly ItemOverview[] | undefined;
  readonly removeVault: () => void;
}): ReactElement {
  const [words, setWords] = useState("");
  const [withArchived, setWithArchived] = useState(false);
  const [most, setMost] = useState(page);
  const shown = searchItems(items ?? [], words).filter(
    ({ archived }) => withArchived || !archived,
  );
  const hasArchived = items?.some(({ archived }) => archived) === true;
  return (
    <Panel
      title={
        <>
          <SafeText text={vault.name} />
          <small className="panel-count" role="status">
            {itemsText(shown.length)}
          </small>
        </>
      }
      actions={
        <div className="row-actions">
          <a
            className="button button-primary button-small"
            href={linkTo("items", account.id, vault.id, newItem)}
          >
            <Icon name="add" />
            {itemText.addItem}
          </a>
          <Menu
            label={itemText.moreOfVault}
            button={{
              small: true,
              kind: "quiet",
              icon: "more",
              iconOnly: true,
            }}
            items={[
              {
                key: "remove",
                text: itemText.deleteVault,
                onSelect: removeVault,
              },
            ]}
          />
        </div>
      }
    >
      {items !== undefined && items.length > 0 && (
        <div className="item-search">
          <Field
            type="search"
            label={itemText.search}
            value={words}
            onChange={(event) => setWords(event.target.value)}
          />
          {hasArchived && (
            <CheckField
              label={itemText.archivedToo}
              checked={withArchived}
              onChange={(event) => setWithArchived(event.target.checked)}
            />
          )}
        </div>
      )}
      {items === undefined && (
        <p className="panel-body" role="status">
          {itemText.loading}
        </p>
      )}
      {items !== undefined && shown.length === 0 && (
        <Empty
          icon={items.length === 0 ? "items" : "search"}
          title={items.length === 0 ? itemText.noItem : itemText.noMatch}
        >
          {items.length === 0 && <p>{itemText.noItemHint}</p>}
        </Empty>
      )}
      <ul className="item-list">
        {shown.slice(0, most).map((item) => (
          <li key={item.id}>
            <a href={linkTo("items", account.id, vault.id, item.id)}>
              <span className="tile" aria-hidden="true">
                <Icon name={categoryIcon(item.category)} />
              </span>
              <span className="item-title">
                <b>
                  <SafeText text={item.title} maxLength={200} />
                </b>
                <small>
                  {categoryText(item.category)}
                  {item.tags.slice(0, 5).map((tag) => (
                    <span key={tag}>
                      {" · "}
                      <SafeText text={tag} maxLength={40} />
                    </span>
                  ))}
                </small>
              </span>
              {item.archived && <Tag>{itemText.archived}</Tag>}
              <Icon name="forward" />
            </a>
          </li>
        ))}
      </ul>
      {shown.length > most && (
        <div className="panel-body">
          <Button onClick={() => setMost(most + page)}>{itemText.more}</Button>
        </div>
      )}
    </Panel>
  );
}
