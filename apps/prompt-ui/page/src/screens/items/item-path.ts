// SPDX-License-Identifier: Apache-2.0

/** What the address says instead of an item's id, for one that is not there yet: no id has this form. */
export const newItem = "new";
