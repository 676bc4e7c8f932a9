// SPDX-License-Identifier: Apache-2.0
import { createRoot } from "react-dom/client";

const root = document.getElementById("assent");
if (root !== null) createRoot(root).render(<main>Nothing is waiting</main>);
