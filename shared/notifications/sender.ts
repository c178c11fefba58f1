/**
 * The name customers know the merchant by, from the sender's address: the display name of `Acme Store <orders@acme.example>`, else the
 * domain of `orders@acme.example`.
 */
export function shopNameOf(sender: string): string {
  const [, displayName = ''] = /^\s*"?([^"<]*?)"?\s*<[^>]+>\s*$/.exec(sender) ?? [];
  if (displayName !== '') return displayName;
  return sender.slice(sender.lastIndexOf('@') + 1).replace(/>\s*$/, '');
}
