import type { Mail } from './mail.ts';

const STYLE = `
  :root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif }
  body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
  header { display: flex; align-items: baseline; gap: 1rem }
  h1 { font-size: 1.4rem; margin: 0 }
  header span, dt, time { color: GrayText }
  article { border: 1px solid color-mix(in srgb, CanvasText 18%, Canvas); border-radius: .5rem; margin: 1rem 0 }
  summary { cursor: pointer; padding: .75rem 1rem; display: grid; grid-template-columns: 1fr auto; gap: 0 1rem }
  summary small { color: GrayText }
  dl { display: grid; grid-template-columns: auto 1fr; margin: 0 1rem 1rem; gap: .1rem 1rem }
  dd { margin: 0; overflow-wrap: anywhere }
  iframe { width: 100%; height: 46rem; border: 0; border-top: 1px solid color-mix(in srgb, CanvasText 18%, Canvas); background: #fff }
  pre { margin: 0; padding: 1rem; white-space: pre-wrap; overflow-wrap: anywhere; border-top: 1px solid color-mix(in srgb, CanvasText 18%, Canvas) }`;

/** The mails of this machine as an HTML page, in the order given. What a mail holds can neither run nor reach the page around it. */
export function mailboxPage(mails: Mail[]): string {
  const count = mails.length === 1 ? '1 mail' : `${mails.length} mails`;
  const list =
    mails.length > 0 ? mails.map(article).join('\n') : '<p>No mail yet. What the system sends shows here.</p>';
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Mailbox</title><style>${STYLE}</style></head>
<body>
<header><h1>Mailbox</h1><span>${count}, newest first. Nothing leaves this machine.</span></header>
${list}
</body>
</html>
`;
}

function article(mail: Mail, index: number): string {
  const sent = new Date(mail.sentAt).toISOString();
  const rows: [string, string[]][] = [
    ['From', [mail.from]],
    ['To', mail.to],
    ['Cc', mail.cc],
    ['Bcc', mail.bcc],
    ['Reply to', mail.replyTo],
    ['Tags', mail.tags.map(({ Name, Value }) => `${Name}=${Value}`)],
    ['Message id', [mail.messageId]],
  ];
  const details = rows
    .filter(([, values]) => values.length > 0)
    .map(([name, values]) => `<dt>${name}</dt><dd>${escapeHtml(values.join(', '))}</dd>`)
    .join('');
  // An empty sandbox: no scripts, no forms, no navigation, an origin of its own.
  const html =
    mail.html === undefined ? '' : `<iframe sandbox title="HTML body" srcdoc="${escapeHtml(mail.html)}"></iframe>`;
  const text = mail.text === undefined ? '' : `<pre>${escapeHtml(mail.text)}</pre>`;
  return `<article><details${index === 0 ? ' open' : ''}>
<summary><strong>${escapeHtml(mail.subject) || '(no subject)'}</strong><time datetime="${sent}">${sent.slice(0, 19).replace('T', ' ')}</time><small>${escapeHtml(mail.to.join(', '))}</small></summary>
<dl>${details}</dl>${html}${text}
</details></article>`;
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character]!);
}
