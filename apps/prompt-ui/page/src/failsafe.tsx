// SPDX-License-Identifier: Apache-2.0
import { Component, type ReactNode } from "react";
import { Empty } from "./ui/empty.tsx";

interface Properties {
  readonly text: string;
  readonly children: ReactNode;
}

/** Shows one sentence in the place of what could not be rendered. */
export class Failsafe extends Component<Properties, { hasFailed: boolean }> {
  override state: { hasFailed: boolean } = { hasFailed: false };

  static getDerivedStateFromError(): { hasFailed: boolean } {
    return { hasFailed: true };
  }

  override render(): ReactNode {
    return this.state.hasFailed ? (
      <Empty icon="warning" title={this.props.text} level={1} />
    ) : (
      this.props.children
    );
  }
}
