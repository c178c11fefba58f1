import type { MailContent } from './content.ts';

/** A piece of HTML that was made here. Anything else that goes into HTML is escaped. */
class Html {
  readonly markup: string;
  constructor(markup: string) {
    this.markup = markup;
  }
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escapeHtml = (text: string) => text.replace(/[&<>"']/g, (character) => entities[character] ?? '');

/** A template whose values are escaped, unless they are pieces made by this template. */
function html(strings: TemplateStringsArray, ...values: (string | number | Html | Html[])[]): Html {
  const pieces = values.map((value) => {
    if (Array.isArray(value)) return value.map(({ markup }) => markup).join('');
    return value instanceof Html ? value.markup : escapeHtml(String(value));
  });
  return new Html(strings.map((text, index) => text + (pieces[index] ?? '')).join(''));
}

const nothing = html``;
const ink = '#1f2933';
const quiet = '#52606d';
const rule = '#e4e7eb';
const accent = '#0b5c4b';
const font = "-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";

/** The mail as HTML: tables and inline styles, as mail readers know neither style sheets nor flexible boxes. Loads nothing from anywhere. */
export function renderHtml(content: MailContent): string {
  const { locale, shop, subject, title, greeting, paragraphs, footer } = content;
  return html`<!doctype html>
<html lang="${locale}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${subject}</title></head>
<body style="margin:0;padding:0;background:#f5f7fa">
<div style="display:none;max-height:0;overflow:hidden">${paragraphs[0] ?? ''}</div>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="background:#f5f7fa"><tr><td align="center" style="padding:32px 12px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:600px;background:#ffffff;border:1px solid ${rule};border-radius:8px;font-family:${font};color:${ink};font-size:15px;line-height:1.55">
<tr><td style="padding:22px 32px;border-bottom:3px solid ${accent};font-size:17px;font-weight:600">${shop}</td></tr>
<tr><td style="padding:30px 32px 6px">
<h1 style="margin:0 0 18px;font-size:24px;line-height:1.25;font-weight:700">${title}</h1>
<p style="margin:0 0 12px">${greeting}</p>
${paragraphs.map((text) => html`<p style="margin:0 0 12px">${text}</p>`)}
</td></tr>
${factsOf(content)}${buttonOf(content)}${itemsOf(content)}${addressOf(content)}
<tr><td style="padding:22px 32px;border-top:1px solid ${rule};font-size:13px;line-height:1.5;color:${quiet}">${footer}</td></tr>
</table>
</td></tr></table>
</body>
</html>
`.markup;
}

const factsOf = ({ facts }: MailContent): Html => html`<tr><td style="padding:8px 32px 14px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="background:#f5f7fa;border-radius:6px;font-size:14px"><tr><td style="padding:12px 18px">
<table role="presentation" cellpadding="0" cellspacing="0">
${facts.map(
  ({ label, value }) =>
    html`<tr><td style="padding:4px 20px 4px 0;color:${quiet};white-space:nowrap;vertical-align:top">${label}</td><td style="padding:4px 0;font-weight:600;word-break:break-word">${value}</td></tr>`,
)}
</table></td></tr></table>
</td></tr>
`;

const buttonOf = ({ button }: MailContent): Html =>
  button
    ? html`<tr><td style="padding:6px 32px 18px"><a href="${button.url}" style="display:inline-block;padding:12px 26px;background:${accent};color:#ffffff;text-decoration:none;font-weight:600;border-radius:6px">${button.label}</a></td></tr>
`
    : nothing;

function itemsOf({ items, itemsTitle, columns, total }: MailContent): Html {
  const head = `padding:8px 0;border-bottom:2px solid ${rule};font-size:13px;font-weight:600;color:${quiet}`;
  const cell = `padding:12px 0;border-bottom:1px solid ${rule};vertical-align:top`;
  return html`<tr><td style="padding:6px 32px 20px">
<table width="100%" cellpadding="0" cellspacing="0" style="border-collapse:collapse">
<tr><th align="left" width="100%" style="${head}">${itemsTitle}</th><th align="right" style="${head};padding-left:24px">${columns.quantity}</th><th align="right" style="${head};padding-left:24px">${columns.amount}</th></tr>
${items.map(
  ({ name, sku, quantity, amount }) =>
    html`<tr><td style="${cell};word-break:break-word">${name}${name === sku ? nothing : html`<br><span style="font-size:13px;color:${quiet}">${sku}</span>`}</td><td align="right" style="${cell};padding-left:24px">${quantity}</td><td align="right" style="${cell};padding-left:24px;white-space:nowrap">${amount}</td></tr>`,
)}
${total ? html`<tr><td colspan="2" style="padding:14px 0 0;font-weight:700">${total.label}</td><td align="right" style="padding:14px 0 0 16px;font-weight:700;white-space:nowrap">${total.value}</td></tr>` : nothing}
</table>
</td></tr>
`;
}

const addressOf = ({ address }: MailContent): Html =>
  address
    ? html`<tr><td style="padding:0 32px 26px"><p style="margin:0 0 4px;font-size:13px;font-weight:600;color:${quiet}">${address.label}</p>
<p style="margin:0">${address.lines.map((line, index) => (index === 0 ? html`${line}` : html`<br>${line}`))}</p></td></tr>
`
    : nothing;
