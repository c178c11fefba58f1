/** HTML that is ready to be sent. Only `html` and `raw` make it, so that nothing unescaped gets into a page. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Part = Html | string | number | undefined | readonly Part[];

/** A template whose values are escaped, save those that are HTML already. */
export function html(strings: TemplateStringsArray, ...values: Part[]): Html {
  return new Html(strings.map((text, index) => text + (index < values.length ? render(values[index]) : '')).join(''));
}

function render(part: Part): string {
  if (part === undefined) return '';
  if (part instanceof Html) return part.text;
  if (typeof part === 'object') return part.map(render).join('');
  return escapeHtml(String(part));
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

const escapeHtml = (text: string): string => text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? '');

/** A link within these pages. */
export function link(path: string, parameters: Record<string, string | undefined>, text: Part): Html {
  const given = Object.entries(parameters).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return html`<a href="${path}?${new URLSearchParams(given).toString()}">${text}</a>`;
}

export function table(head: string[], rows: Part[][], empty = 'None.'): Html {
  if (rows.length === 0) return html`<p class="none">${empty}</p>`;
  return html`<div class="scroll"><table><thead><tr>${head.map((cell) => html`<th>${cell}</th>`)}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${row.map((cell) => html`<td>${cell}</td>`)}</tr>\n`)}</tbody></table></div>`;
}

/** JSON over lines when it is JSON, the text as it is otherwise. */
export function pretty(text: string): Html {
  let shown = text;
  try {
    shown = JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    // Not JSON: shown as it came.
  }
  return html`<pre>${shown}</pre>`;
}

/** `2026-01-05 09:00:00`, UTC. */
export const time = (milliseconds: number | undefined): string =>
  milliseconds === undefined ? '' : new Date(milliseconds).toISOString().slice(0, 19).replace('T', ' ');

/** The last part of an ARN or a URL. */
export const shortName = (arn: string): string => arn.split(/[:/]/).at(-1) ?? arn;
