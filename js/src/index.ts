/** The anywidget module: one explorer per view, undone when the view goes. */

import type { AnyModel, AnyWidget } from "@anywidget/types";
import { mount, unmount } from "svelte";
import App from "./App.svelte";
import { Explorer } from "./explorer.svelte";
import type { Traits } from "./protocol";
import { savedModel } from "./saved/page";
import "./styles.css";

function show(model: AnyModel<Traits>, target: HTMLElement): () => void {
  const explorer = new Explorer(model);
  const app = mount(App, { target, props: { explorer } });
  return () => {
    explorer.close();
    void unmount(app);
  };
}

const widget: AnyWidget<Traits> = {
  render: ({ model, el }) => show(model, el),
};

export default widget;

/** In a saved page there is no notebook that would call `render`. */
void savedModel().then((model) => {
  if (model) show(model as unknown as AnyModel<Traits>, document.body);
});
