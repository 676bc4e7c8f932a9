// SPDX-License-Identifier: Apache-2.0

/**
 * Whether a name is meant by a pattern. Components are what stands between
 * slashes: `*` is any part of one, `**` any number of them. "session/*",
 * "**\/deny", "SES-00*".
 */
export function matches(pattern: string, name: string): boolean {
  return match(pattern.split("/"), name.split("/"));
}

function match(pattern: readonly string[], name: readonly string[]): boolean {
  const [first, ...others] = pattern;
  if (first === undefined) return name.length === 0;
  if (first === "**") {
    return name.length === 0
      ? match(others, name)
      : match(others, name) || match(pattern, name.slice(1));
  }
  const [component, ...following] = name;
  if (component === undefined) return false;
  const expression = first
    .split("*")
    .map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
    .join(".*");
  return (
    new RegExp(`^${expression}$`, "s").test(component) &&
    match(others, following)
  );
}
