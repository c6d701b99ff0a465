/** The anywidget module: one explorer per view, undone when the view goes. */

import type { AnyModel, AnyWidget } from "@anywidget/types";
import { mount, unmount } from "svelte";
import Card from "./card/Card.svelte";
import { Explorer } from "./explorer/explorer";
import type { Traits } from "./protocol";
import { reserveWidth } from "./ui/host_width";
import { savedModel } from "./saved/page";

function show(model: AnyModel<Traits>, target: HTMLElement): () => void {
  const explorer = new Explorer(model);
  const card = mount(Card, { target, props: { explorer } });
  return () => {
    explorer.close();
    void unmount(card);
  };
}

const widget: AnyWidget<Traits> = {
  render({ model, el }) {
    const [hide, leaveWidth] = [show(model, el), reserveWidth(el)];
    return () => {
      leaveWidth();
      hide();
    };
  },
};

export default widget;

/** In a saved page there is no notebook that would call `render`. */
void savedModel().then((model) => {
  if (model) show(model as unknown as AnyModel<Traits>, document.body);
});
