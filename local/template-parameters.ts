/** What this machine gives for the template's parameters: partners on this machine may be called over plain http, mails go to the mailbox page. */
export const localParameters = {
  WebhookAllowedNetworks: '127.0.0.0/8,::1/128',
  SenderAddress: 'orders@batuta.example',
} as const;
