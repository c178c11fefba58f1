import type { MailContent } from './content.ts';

/** The mail as plain text, for readers that show no HTML. */
export function renderText(content: MailContent): string {
  const { title, greeting, paragraphs, facts, button, items, itemsTitle, total, address, footer } = content;
  const blocks = [
    title.toUpperCase(),
    greeting,
    ...paragraphs,
    facts.map(({ label, value }) => `${label}: ${value}`).join('\n'),
    ...(button ? [`${button.label}: ${button.url}`] : []),
    [itemsTitle, ...items.map(({ name, quantity, amount }) => `  ${quantity} x ${name}: ${amount}`)].join('\n'),
    ...(total ? [`${total.label}: ${total.value}`] : []),
    ...(address ? [[address.label, ...address.lines.map((line) => `  ${line}`)].join('\n')] : []),
    `--\n${footer}`,
  ];
  return `${blocks.join('\n\n')}\n`;
}
