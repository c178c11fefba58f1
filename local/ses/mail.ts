import { AwsError } from '../kernel/errors.ts';

/** A mail as the mailbox keeps it: nothing leaves this machine. Time in epoch milliseconds. */
export interface Mail {
  messageId: string;
  sentAt: number;
  from: string;
  to: string[];
  cc: string[];
  bcc: string[];
  replyTo: string[];
  subject: string;
  html?: string | undefined;
  text?: string | undefined;
  /** The whole message, when it was sent as one. */
  raw?: string | undefined;
  headers: { Name: string; Value: string }[];
  tags: { Name: string; Value: string }[];
  configurationSet?: string | undefined;
}

const ADDRESS = /^[^\s@<>(),;:"[\]\\]+@[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+$/i;

/**
 * The bare address in `shop@example.com` or `The Shop <shop@example.com>`.
 * @throws AwsError BadRequestException, in the words of the service.
 */
export function addressOf(mailbox: string): string {
  refuseLineBreaks('address', mailbox);
  const address = /<([^<>]*)>\s*$/.exec(mailbox)?.[1] ?? mailbox.trim();
  if (!address.includes('@')) throw badRequest("Missing final '@domain'");
  if (!ADDRESS.test(address)) throw badRequest(`Illegal address: ${mailbox}`);
  return address;
}

/** A line break in a header would let whoever wrote the text add headers, and with them recipients. */
export function refuseLineBreaks(what: string, text: string): void {
  if (/[\r\n]/.test(text))
    throw badRequest(`Control or whitespace in ${what}: no line breaks are allowed in a header.`);
}

export function badRequest(message: string): AwsError {
  return new AwsError('BadRequestException', message);
}
