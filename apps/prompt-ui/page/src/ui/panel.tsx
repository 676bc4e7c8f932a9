// SPDX-License-Identifier: Apache-2.0
import { type ReactElement, type ReactNode, useEffect, useRef } from "react";
import "./panel.css";

/** A screen other than Requests: its headline, which takes the focus when one comes here, and what is below. */
export function ScreenFrame({
  title,
  lead,
  actions,
  children,
}: {
  readonly title: string;
  /** One sentence on what is shown. */
  readonly lead?: ReactNode;
  /** Buttons beside the headline. */
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}): ReactElement {
  const headline = useRef<HTMLHeadingElement>(null);
  useEffect(() => headline.current?.focus({ preventScroll: true }), []);
  return (
    <div className="screen">
      <header className="screen-head">
        <div>
          <h1 ref={headline} tabIndex={-1}>
            {title}
          </h1>
          {lead !== undefined && <p>{lead}</p>}
        </div>
        {actions}
      </header>
      {children}
    </div>
  );
}

/** A box of things that belong together, with rows in it. */
export function Panel({
  title,
  actions,
  children,
}: {
  readonly title?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}): ReactElement {
  return (
    <section className="panel">
      {title !== undefined && (
        <header>
          <h2>{title}</h2>
          {actions}
        </header>
      )}
      {children}
    </section>
  );
}

/** One row of a panel: what it is about, something beside it, and its buttons. */
export function Row({
  lead,
  aside,
  actions,
  children,
}: {
  /** Icon or avatar. */
  readonly lead?: ReactNode;
  /** In small, at the end; hidden where it is narrow. */
  readonly aside?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}): ReactElement {
  return (
    <div className="row">
      {lead}
      <div className="row-main">{children}</div>
      {aside !== undefined && <div className="row-aside">{aside}</div>}
      {actions !== undefined && <div className="row-actions">{actions}</div>}
    </div>
  );
}
