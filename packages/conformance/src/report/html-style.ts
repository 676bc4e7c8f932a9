// SPDX-License-Identifier: Apache-2.0

/** The style of the page: of a bright or a dark screen, as the reader's system has it. */
export const style = `
:root { color-scheme: light dark;
  --back: light-dark(#fbfbfa, #16181b); --card: light-dark(#fff, #1e2125);
  --ink: light-dark(#1c1e21, #e6e7e9); --soft: light-dark(#5d636b, #9aa1aa);
  --line: light-dark(#e3e4e6, #30343a); --good: light-dark(#19733a, #6fcf8f);
  --bad: light-dark(#b3261e, #ff8f85); --idle: light-dark(#8a6100, #e3b758);
  --known: light-dark(#6a3fa0, #c3a2f2); }
:root[data-look=light] { color-scheme: light; } :root[data-look=dark] { color-scheme: dark; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 68rem; padding: 2rem 1.25rem 4rem; background: var(--back);
  color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; margin: 0; } h2 { font-size: 1.05rem; margin: 2rem 0 .5rem; }
h2 small { color: var(--soft); font-weight: 400; margin-left: .5rem; }
code, .mono { font: .87em/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
.soft { color: var(--soft); } .conclusion { font-weight: 600; margin: .25rem 0 1rem; }
.good { color: var(--good); } .bad { color: var(--bad); } .idle { color: var(--idle); } .known { color: var(--known); }
header dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; margin: 0 0 1rem; }
dt { color: var(--soft); } dd { margin: 0; min-width: 0; }
.bar { display: flex; height: .6rem; border-radius: .3rem; overflow: hidden; background: var(--line); }
.bar i { display: block; background: currentColor; }
.filters { position: sticky; top: 0; z-index: 1; display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: center;
  padding: .75rem 0; margin-top: 1rem; background: var(--back); border-bottom: 1px solid var(--line); }
.filters input[type=search] { flex: 1 1 14rem; font: inherit; padding: .35rem .6rem; color: inherit;
  background: var(--card); border: 1px solid var(--line); border-radius: .4rem; }
button { font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line);
  border-radius: .4rem; padding: .3rem .7rem; cursor: pointer; }
label { white-space: nowrap; cursor: pointer; }
.case { scroll-margin-top: 5rem; background: var(--card); border: 1px solid var(--line); border-bottom-width: 0; }
.case:first-of-type { border-radius: .5rem .5rem 0 0; }
.case:last-of-type { border-bottom-width: 1px; border-radius: 0 0 .5rem .5rem; }
.case summary { display: flex; gap: .75rem; align-items: baseline; padding: .3rem .75rem; cursor: pointer; list-style: none; }
.case summary::-webkit-details-marker { display: none; }
.case summary .mark { width: 1.1em; text-align: center; } .case summary .name { flex: 1; min-width: 0; }
.case summary .rules, .case summary .ms { color: var(--soft); font-size: .85em; }
.case summary .ms { width: 5em; text-align: right; }
.case dl { display: grid; grid-template-columns: 6rem 1fr; gap: .2rem 1rem; margin: 0; padding: .25rem .75rem 1rem 2.6rem; }
table { border-collapse: collapse; width: 100%; background: var(--card); }
td, th { text-align: left; vertical-align: top; padding: .3rem .75rem; border: 1px solid var(--line); }
th { color: var(--soft); font-weight: 500; }
td:first-child, td:nth-child(2) { white-space: nowrap; }
a { color: inherit; } [hidden] { display: none !important; } :focus-visible { outline: 2px solid var(--known); outline-offset: 1px; }
@media (max-width: 40rem) { .case summary .rules { display: none; } .case dl { grid-template-columns: 1fr; padding-left: .75rem; } }
`;

/** Filters the page; without it everything is shown. */
export const script = `
const search = document.querySelector("input[type=search]");
const boxes = [...document.querySelectorAll(".filters input[type=checkbox]")];
function filter() {
  const words = search.value.toLowerCase().split(/\\s+/).filter(Boolean);
  const shown = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
  for (const section of document.querySelectorAll("section[data-group]")) {
    let some = false;
    for (const one of section.querySelectorAll(".case")) {
      one.hidden = !shown.has(one.dataset.verdict) || !words.every((word) => one.dataset.words.includes(word));
      if (!one.hidden) some = true;
    }
    section.hidden = !some;
  }
  for (const row of document.querySelectorAll("tr[data-words]")) {
    row.hidden = !words.every((word) => row.dataset.words.includes(word));
  }
}
search.addEventListener("input", filter);
for (const box of boxes) box.addEventListener("change", filter);
for (const link of document.querySelectorAll("a[data-clause]")) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    search.value = link.dataset.clause;
    filter();
    scrollTo({ top: 0 });
  });
}
document.querySelector("button").addEventListener("click", () => {
  const root = document.documentElement;
  const isDark = root.dataset.look ? root.dataset.look === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.look = isDark ? "light" : "dark";
});
filter();
`;
