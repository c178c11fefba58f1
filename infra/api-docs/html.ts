/** Text that is HTML already. Only `html` makes it, so that nothing gets in unescaped. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

type Value = Html | string | number | undefined | readonly Value[];

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

const render = (value: Value): string => {
  if (value === undefined) return '';
  if (value instanceof Html) return value.text;
  return typeof value === 'object' ? value.map(render).join('') : escaped(String(value));
};

/** A template whose values are escaped; lists are joined, undefined vanishes. */
export const html = (parts: TemplateStringsArray, ...values: Value[]): Html =>
  new Html(parts.reduce((text, part, index) => `${text}${render(values[index - 1])}${part}`));

/** Paragraphs, `code` and **strong**: the Markdown that our descriptions use. */
export function prose(text: string): Html {
  const blocks = escaped(text).split(/\n\n/);
  const inline = (block: string) =>
    block
      .replaceAll(/`([^`]+)`/g, '<code>$1</code>')
      .replaceAll(/\*\*([^*]+)\*\*/g, '<strong>$1</strong>')
      .replaceAll('\n', '<br>');
  return new Html(blocks.map((block) => `<p>${inline(block)}</p>`).join(''));
}
