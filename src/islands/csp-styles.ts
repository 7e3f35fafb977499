// xterm and Mermaid make <style> elements, which the content security policy does not apply. Their text is put into
// constructable style sheets instead, which the policy does not govern; the elements themselves stay empty.

let allowed = false;

/** From now on, style elements made by scripts act through adopted style sheets. */
export function allowStyles(): void {
  if (allowed) return;
  allowed = true;
  const create = Document.prototype.createElement;
  Document.prototype.createElement = function (this: Document, name: string, options?: unknown) {
    const element = create.call(this, name, options as ElementCreationOptions);
    return element instanceof HTMLStyleElement ? adopt(element) : element;
  } as typeof create;
  const createIn = Document.prototype.createElementNS;
  Document.prototype.createElementNS = function (
    this: Document,
    namespace: string | null,
    name: string,
    options?: unknown,
  ) {
    const element = createIn.call(this, namespace, name, options as ElementCreationOptions);
    return name === 'style' ? adopt(element) : element;
  } as typeof createIn;
}

function adopt<Kind extends Element>(element: Kind): Kind {
  const sheet = new CSSStyleSheet();
  let text = '';
  const set = (value: string) => {
    text = value;
    sheet.replaceSync(value);
    if (!document.adoptedStyleSheets.includes(sheet))
      document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  };
  for (const property of ['textContent', 'innerHTML'])
    Object.defineProperty(element, property, { configurable: true, get: () => text, set });
  const append = element.appendChild.bind(element);
  element.appendChild = <Child extends Node>(child: Child): Child => {
    if (child instanceof Text) set(text + child.data);
    else append(child);
    return child;
  };
  const remove = element.remove.bind(element);
  element.remove = () => {
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((known) => known !== sheet);
    remove();
  };
  return element;
}
