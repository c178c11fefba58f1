/** A piece of XML that is well-formed. Made by `element` only, which escapes whatever is text. */
export class Xml {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export type Content = string | undefined | Xml | readonly (Xml | undefined)[];

/** Undefined where there is nothing to say: no element is empty. */
export function element(
  name: string,
  content: Content,
  attributes: Readonly<Record<string, string>> = {},
): Xml | undefined {
  const inner = innerOf(content);
  if (inner === '') return undefined;
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${escapeXml(value)}"`);
  return new Xml(`<${name}${written.join('')}>${inner}</${name}>`);
}

function innerOf(content: Content): string {
  if (content === undefined) return '';
  if (typeof content === 'string') return escapeXml(content.trim());
  if (content instanceof Xml) return content.text;
  return content.map((one) => one?.text ?? '').join('');
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** Characters that XML 1.0 has no way to write are left out. */
const escapeXml = (text: string): string =>
  text
    .toWellFormed()
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about.
    .replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g, '')
    .replace(/[&<>"']/g, (found) => entities[found] ?? '');

export const xmlDocument = (root: Xml | undefined): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n${root?.text ?? ''}\n`;
