import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { parseInput } from '../kernel/parse-input.ts';
import { addressOf, badRequest, type Mail, refuseLineBreaks } from './mail.ts';

const content = z.strictObject({ Data: z.string(), Charset: z.string().optional() });
const nameAndValue = z.strictObject({ Name: z.string(), Value: z.string() });
const addresses = z.array(z.string()).default([]);

const sendEmailShape = z.strictObject({
  FromEmailAddress: z.string().optional(),
  Destination: z
    .strictObject({ ToAddresses: addresses, CcAddresses: addresses, BccAddresses: addresses })
    .default({ ToAddresses: [], CcAddresses: [], BccAddresses: [] }),
  ReplyToAddresses: addresses,
  Content: z.strictObject({
    Simple: z
      .strictObject({
        Subject: content,
        Body: z.strictObject({ Text: content.optional(), Html: content.optional() }),
        Headers: z.array(nameAndValue).max(15).default([]),
      })
      .optional(),
    Raw: z.strictObject({ Data: z.string() }).optional(),
  }),
  EmailTags: z.array(nameAndValue).default([]),
  ConfigurationSetName: z.string().optional(),
});

// The service's: recipients of one mail, and a mail with everything in it.
const MOST_RECIPIENTS = 50;
const LARGEST_MAIL = 40 * 1024 * 1024;

/**
 * The mail that a SendEmail asks for, checked as SES checks it.
 * @throws AwsError BadRequestException
 */
export function readMail(input: unknown, sentAt: number): Mail {
  const asked = parseInput(sendEmailShape, input, 'BadRequestException');
  const { Simple, Raw } = asked.Content;
  if ((Simple === undefined) === (Raw === undefined)) throw badRequest('Content must be one of Simple and Raw.');
  const to = asked.Destination;
  const envelope = {
    messageId: randomUUID(),
    sentAt,
    to: to.ToAddresses,
    cc: to.CcAddresses,
    bcc: to.BccAddresses,
    replyTo: asked.ReplyToAddresses,
    tags: asked.EmailTags,
    configurationSet: asked.ConfigurationSetName,
  };
  const mail: Mail = Simple
    ? {
        ...envelope,
        from: asked.FromEmailAddress ?? '',
        subject: Simple.Subject.Data,
        html: Simple.Body.Html?.Data,
        text: Simple.Body.Text?.Data,
        headers: Simple.Headers,
      }
    : { ...envelope, ...readRaw(Raw?.Data ?? '', asked.FromEmailAddress, envelope.to) };
  check(mail);
  return mail;
}

function readRaw(base64: string, from: string | undefined, recipients: string[]) {
  const raw = Buffer.from(base64, 'base64').toString();
  const [head = '', ...body] = raw.split(/\r?\n\r?\n/);
  const headers = head
    .replaceAll(/\r?\n[ \t]+/g, ' ')
    .split(/\r?\n/)
    .map((line) => ({ Name: line.slice(0, line.indexOf(':')), Value: line.slice(line.indexOf(':') + 1).trim() }));
  const header = (name: string) => headers.find(({ Name }) => Name.toLowerCase() === name)?.Value;
  const to =
    recipients.length > 0
      ? recipients
      : (header('to')
          ?.split(/,(?![^<]*>)/)
          .map((one) => one.trim()) ?? []);
  return {
    from: from ?? header('from') ?? '',
    to,
    subject: header('subject') ?? '',
    text: body.join('\n\n'),
    raw,
    headers,
  };
}

function check(mail: Mail): void {
  if (!mail.from) throw badRequest('FromEmailAddress is required.');
  addressOf(mail.from);
  const recipients = [...mail.to, ...mail.cc, ...mail.bcc];
  if (recipients.length === 0) throw badRequest('Destination must have at least one recipient.');
  if (recipients.length > MOST_RECIPIENTS) throw badRequest(`Recipient count exceeds ${MOST_RECIPIENTS}.`);
  for (const mailbox of [...recipients, ...mail.replyTo]) addressOf(mailbox);
  refuseLineBreaks('subject', mail.subject);
  for (const { Name, Value } of mail.headers) {
    refuseLineBreaks('header name', Name);
    refuseLineBreaks(`header ${Name}`, Value);
  }
  if (mail.html === undefined && mail.text === undefined) throw badRequest('Body must have Text or Html.');
  const size = Buffer.byteLength(mail.html ?? '') + Buffer.byteLength(mail.text ?? '');
  if (size > LARGEST_MAIL) throw badRequest(`Message length is more than ${LARGEST_MAIL} bytes long.`);
}
