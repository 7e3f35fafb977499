// Makes an element's content like a piece of HTML by changing only what differs, so that focus, typed text and selections
// stay where they are while the state below goes on.

export function morph(root: Element, html: string): void {
  const wanted = document.createElement('template');
  wanted.innerHTML = html;
  children(root, wanted.content);
}

function children(now: ParentNode & Node, wanted: ParentNode & Node): void {
  const fresh = [...wanted.childNodes];
  for (const [i, node] of fresh.entries()) {
    const old = now.childNodes[i];
    if (!old) now.append(node);
    else if (same(old, node)) update(old, node);
    else now.insertBefore(node, old);
  }
  while (now.childNodes.length > fresh.length) now.lastChild?.remove();
}

const keyOf = (node: Node): string | undefined =>
  node instanceof HTMLElement ? node.dataset.key : undefined;

const same = (a: Node, b: Node): boolean =>
  a.nodeType === b.nodeType && a.nodeName === b.nodeName && keyOf(a) === keyOf(b);

function update(now: Node, wanted: Node): void {
  if (!(now instanceof Element) || !(wanted instanceof Element)) {
    if (now.nodeValue !== wanted.nodeValue) now.nodeValue = wanted.nodeValue;
    return;
  }
  for (const { name } of [...now.attributes])
    if (!wanted.hasAttribute(name) && name !== 'open') now.removeAttribute(name);
  for (const { name, value } of [...wanted.attributes])
    if (now.getAttribute(name) !== value) now.setAttribute(name, value);
  children(now, wanted);
}
