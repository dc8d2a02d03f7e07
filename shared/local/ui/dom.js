// Small helpers over the DOM. Data only ever becomes text or a checked attribute, never markup, and a
// node is touched only when what it shows has changed: polling causes no flicker and no lost focus.

export const $ = (id) => document.getElementById(id);

// h makes an element. Keys of props: "on…" adds a listener, all others are attributes; a child that
// is not a node becomes text.
export function h(name, props = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(props)) {
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (value === true) node.setAttribute(key, "");
    else if (value !== false && value != null) node.setAttribute(key, value);
  }
  node.append(...children.filter((c) => c != null));
  return node;
}

export function text(node, value) {
  if (node.textContent !== value) node.textContent = value;
}

export function attr(node, name, value) {
  if (node.getAttribute(name) !== value) node.setAttribute(name, value);
}

export function show(node, visible) {
  if (node.hidden === visible) node.hidden = !visible;
}

// keyed makes the children of list those of items, in order, and keeps the nodes of items that were
// there before. key(item) is unique; make(item) builds a node; update(node, item) is called for all.
export function keyed(list, items, key, make, update = () => {}) {
  const old = new Map([...list.children].map((node) => [node.dataset.key, node]));
  let place = list.firstElementChild;
  for (const item of items) {
    const k = String(key(item));
    let node = old.get(k);
    if (!node) {
      node = make(item);
      node.dataset.key = k;
    }
    old.delete(k);
    update(node, item);
    if (node === place) place = place.nextElementSibling;
    else list.insertBefore(node, place);
  }
  for (const node of old.values()) node.remove();
}

// copy puts value on the clipboard and says so on the button for a moment.
export async function copy(value, button, done) {
  try {
    await navigator.clipboard.writeText(value);
  } catch {
    // No clipboard outside a secure context: the older way works from a press of a button.
    const area = h("textarea", { class: "off-screen", readonly: true });
    area.value = value;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
    button.focus();
  }
  if (button.dataset.was === undefined) button.dataset.was = button.textContent;
  text(button, done);
  text($("announce"), done);
  setTimeout(() => {
    text($("announce"), "");
    text(button, button.dataset.was ?? "");
    delete button.dataset.was;
  }, 1200);
}
