// SPDX-License-Identifier: Apache-2.0
import type { Page } from "playwright-core";

interface Mode {
  readonly viewport?: { readonly width: number; readonly height: number };
  readonly media?: Parameters<Page["emulateMedia"]>[0];
  readonly direction?: "rtl";
}

const modes: Readonly<Record<string, Mode>> = {
  // What a window of 1280 by 860 has room for at twice the size.
  "200 % zoom": { viewport: { width: 640, height: 430 } },
  // As narrow as a page has to bear (WCAG 1.4.10).
  "320 px": { viewport: { width: 320, height: 568 } },
  "320 px, from right to left": {
    viewport: { width: 320, height: 568 },
    direction: "rtl",
  },
  "from right to left": { direction: "rtl" },
  "forced colours": { media: { forcedColors: "active" } },
  "reduced motion": { media: { reducedMotion: "reduce" } },
};

/**
 * What is wrong with the page as it is, in each way that somebody may have it
 * shown, a line each: wider than the window, a control that is cut off, covered
 * or without a ring when it has the focus, text of machines that is mirrored,
 * something that moves. Leaves the page as it was, but for the focus.
 */
export async function flawsInModes(page: Page): Promise<string[]> {
  const before = page.viewportSize() ?? { width: 1280, height: 860 };
  const flaws: string[] = [];
  for (const [name, mode] of Object.entries(modes)) {
    await page.setViewportSize(mode.viewport ?? before);
    await page.emulateMedia({
      forcedColors: null,
      reducedMotion: null,
      ...mode.media,
    });
    await page.evaluate((direction) => {
      document.documentElement.dir = direction;
    }, mode.direction ?? "");
    const found = await page.evaluate(look, {
      isStill: mode.media?.reducedMotion === "reduce",
      isForced: mode.media?.forcedColors === "active",
    });
    flaws.push(...found.map((flaw) => `${name}: ${flaw}`));
  }
  await page.evaluate(() => {
    document.documentElement.dir = "";
    window.scrollTo(0, 0);
  });
  await page.emulateMedia({ forcedColors: null, reducedMotion: null });
  await page.setViewportSize(before);
  return flaws;
}

// Runs in the page.
function look(mode: {
  readonly isStill: boolean;
  readonly isForced: boolean;
}): string[] {
  const flaws: string[] = [];
  const root = document.documentElement;
  const name = (it: Element) =>
    `${it.tagName.toLowerCase()}.${it.className} "${(it.getAttribute("aria-label") ?? it.textContent ?? "").slice(0, 40)}"`;
  if (root.scrollWidth > window.innerWidth) {
    flaws.push(`is ${root.scrollWidth} wide in ${window.innerWidth}`);
  }
  if (mode.isStill) {
    for (const moving of document.getAnimations()) {
      const { target } = moving.effect as KeyframeEffect;
      flaws.push(`moves: ${target === null ? "?" : name(target)}`);
    }
  }
  for (const it of document.querySelectorAll(
    ".path, .mono, code, .recovery-code",
  )) {
    if (getComputedStyle(it).direction !== "ltr") {
      flaws.push(`is mirrored: ${name(it)}`);
    }
  }
  const controls = document.querySelectorAll<HTMLElement>(
    "a[href], button, input, select, textarea, summary, [role=menuitem]",
  );
  for (const control of controls) {
    if (!control.checkVisibility({ checkVisibilityCSS: true })) continue;
    // It comes into view only when it has the focus.
    if (control.matches(".skip")) control.focus();
    control.scrollIntoView({ block: "center", behavior: "instant" });
    const box = control.getBoundingClientRect();
    if (box.left < -1 || box.right > window.innerWidth + 1) {
      flaws.push(
        `out of the window (${box.left} to ${box.right}): ${name(control)}`,
      );
    }
    const at = document.elementFromPoint(
      box.left + box.width / 2,
      box.top + box.height / 2,
    );
    const own = control.closest("label, .field-box") ?? control;
    // What a menu covers is there again when it is closed.
    if (at?.closest("[role=menu]") !== null && at !== null) continue;
    if (at === null || !(own.contains(at) || at.contains(control))) {
      flaws.push(
        `covered by ${at === null ? "nothing" : name(at)}: ${name(control)}`,
      );
    }
    if (!mode.isForced || (control as HTMLButtonElement).disabled) continue;
    control.blur();
    control.focus({ focusVisible: true } as FocusOptions);
    if (document.activeElement !== control) continue;
    // The ring may be around what the control stands in.
    let ringed: Element | null = control;
    for (let up = 0; up < 3 && ringed !== null; up += 1) {
      const { outlineStyle, outlineWidth } = getComputedStyle(ringed);
      if (outlineStyle !== "none" && Number.parseFloat(outlineWidth) >= 1) {
        break;
      }
      ringed = up === 2 ? null : ringed.parentElement;
    }
    const sibling = control.nextElementSibling;
    const siblings =
      sibling !== null && getComputedStyle(sibling).outlineStyle !== "none";
    if (ringed === null && !siblings) {
      flaws.push(`no ring with the focus: ${name(control)}`);
    }
  }
  return flaws;
}
