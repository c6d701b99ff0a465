/** The anywidget module: one explorer per view, undone when the view goes. */

import type { AnyWidget } from "@anywidget/types";
import { mount, unmount } from "svelte";
import App from "./App.svelte";
import { Explorer } from "./explorer.svelte";
import type { Traits } from "./protocol";
import "./styles.css";

const widget: AnyWidget<Traits> = {
  render({ model, el }) {
    const explorer = new Explorer(model);
    const app = mount(App, { target: el, props: { explorer } });
    return () => {
      explorer.close();
      void unmount(app);
    };
  },
};

export default widget;
