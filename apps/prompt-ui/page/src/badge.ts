// SPDX-License-Identifier: Apache-2.0

/**
 * Put the number of waiting requests on the icon of the tab. The icons are
 * files, since the policy of the page allows no other picture.
 */
export function showBadge(waiting: number): void {
  const name =
    waiting === 0
      ? "assent"
      : waiting > 9
        ? "waiting-more"
        : `waiting-${waiting}`;
  const link = document.querySelector<HTMLLinkElement>("link[rel=icon]");
  if (link !== null) link.href = `/icons/${name}.svg`;
}
