import * as z from 'zod';
import { AwsError } from '../kernel/errors.ts';
import type { Kernel, Principal, ResourceHandler, Service } from '../kernel/kernel.ts';
import { parseInput } from '../kernel/parse-input.ts';
import { parseJson } from '../kernel/parse-json.ts';
import { physicalName } from '../kernel/physical-name.ts';
import { addressOf, badRequest, type Mail } from './mail.ts';
import { mailboxPage } from './mailbox-page.ts';
import { readMail } from './send-email.ts';

export interface Mailbox {
  /** Newest first; the newest 200 unless told otherwise. */
  mailbox(limit?: number): Mail[];
  /** How many mails are kept. */
  mailCount(): number;
  mailboxPage(): string;
}

// As many as a page is still quick with.
const SHOWN = 200;
/** Mails that are kept, the newest: some 60 MB. */
const KEPT = 10_000;

const rowShape = z.object({ mail: z.string() });
const nameShape = z.object({ kind: z.enum(['identity', 'configuration-set']), name: z.string() });

/** Amazon SES, API version 2, as far as sending goes. Mails are kept and shown, never sent. */
export function createSes(kernel: Kernel, kept = KEPT): Service & Mailbox {
  const { db } = kernel.storage;
  db.exec(`CREATE TABLE IF NOT EXISTS ses_mail (id INTEGER PRIMARY KEY AUTOINCREMENT, mail TEXT NOT NULL) STRICT;
    CREATE TABLE IF NOT EXISTS ses_resource (kind TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (kind, name)) STRICT`);
  const insert = db.prepare('INSERT INTO ses_mail (mail) VALUES (?)');
  const dropOlder = db.prepare('DELETE FROM ses_mail WHERE id <= ?');
  const count = db.prepare('SELECT count(*) AS mails FROM ses_mail');
  const newest = db.prepare('SELECT mail FROM ses_mail ORDER BY id DESC LIMIT ?');
  const saveResource = db.prepare('INSERT OR REPLACE INTO ses_resource (kind, name) VALUES (?, ?)');
  const known = { identity: new Set<string>(), 'configuration-set': new Set<string>() };
  for (const row of db.prepare('SELECT kind, name FROM ses_resource').all()) {
    const { kind, name } = nameShape.parse(row);
    known[kind].add(name);
  }

  const arn = (kind: keyof typeof known, name: string) =>
    `arn:aws:ses:${kernel.region}:${kernel.account}:${kind}/${name}`;
  const register = (kind: keyof typeof known, name: string) => {
    saveResource.run(kind, name);
    known[kind].add(name);
  };

  /** The verified identity that a sender belongs to: the address itself, or its domain, or a domain above it. */
  const identityOf = (from: string): string => {
    const address = addressOf(from);
    const domain = address.slice(address.indexOf('@') + 1).toLowerCase();
    const labels = domain.split('.');
    const domains = labels.map((_, index) => labels.slice(index).join('.'));
    const identity = [address, ...domains].find((name) => known.identity.has(name));
    if (identity) return identity;
    throw new AwsError(
      'MessageRejected',
      `Email address is not verified. The following identities failed the check in region ${kernel.region.toUpperCase()}: ${address}`,
    );
  };

  async function sendEmail(input: unknown, principal: Principal): Promise<{ MessageId: string }> {
    const mail = readMail(input, kernel.clock.now());
    const identity = identityOf(mail.from);
    kernel.authorizer.authorize(principal, 'ses:SendEmail', arn('identity', identity), {
      'ses:FromAddress': addressOf(mail.from),
      'ses:Recipients': [...mail.to, ...mail.cc, ...mail.bcc].map(addressOf),
    });
    if (mail.configurationSet !== undefined) {
      kernel.authorizer.authorize(principal, 'ses:SendEmail', arn('configuration-set', mail.configurationSet));
      if (!known['configuration-set'].has(mail.configurationSet)) {
        throw new AwsError('NotFoundException', `Configuration set <${mail.configurationSet}> does not exist.`, 404);
      }
    }
    const keep = () => dropOlder.run(Number(insert.run(JSON.stringify(mail)).lastInsertRowid) - kept);
    await kernel.track(kernel.storage.write(keep));
    return { MessageId: mail.messageId };
  }

  /** Verified at once: whoever starts this machine vouches for the senders. */
  async function createEmailIdentity(input: unknown, principal: Principal) {
    const { EmailIdentity } = parseInput(z.object({ EmailIdentity: z.string() }), input);
    kernel.authorizer.authorize(principal, 'ses:CreateEmailIdentity', arn('identity', EmailIdentity));
    await kernel.track(kernel.storage.write(() => register('identity', EmailIdentity)));
    return { IdentityType: EmailIdentity.includes('@') ? 'EMAIL_ADDRESS' : 'DOMAIN', VerifiedForSendingStatus: true };
  }

  function listEmailIdentities(principal: Principal) {
    kernel.authorizer.authorize(principal, 'ses:ListEmailIdentities', '*');
    const EmailIdentities = [...known.identity].toSorted().map((IdentityName) => ({
      IdentityName,
      IdentityType: IdentityName.includes('@') ? 'EMAIL_ADDRESS' : 'DOMAIN',
      SendingEnabled: true,
      VerificationStatus: 'SUCCESS',
    }));
    return { EmailIdentities };
  }

  const call = async (operation: string, input: unknown, principal: Principal) => {
    if (operation === 'SendEmail') return await sendEmail(input, principal);
    if (operation === 'CreateEmailIdentity') return await createEmailIdentity(input, principal);
    if (operation === 'ListEmailIdentities') return listEmailIdentities(principal);
    throw new AwsError('UnknownOperationException', `SES on this machine has no operation ${operation}.`, 404);
  };
  const mailbox = (limit = SHOWN): Mail[] => newest.all(limit).map((row) => JSON.parse(rowShape.parse(row).mail));

  return {
    name: 'ses',
    operations: Object.values(operations),
    call,
    resources: [identityResource(register), configurationSetResource(register)],
    mailbox,
    mailCount: () => Number(count.get()?.mails),
    mailboxPage: () => mailboxPage(mailbox()),

    async wire({ method, path, body, principal }) {
      const operation = operations[`${method} ${path}`];
      const answer = await call(
        operation ?? `${method} ${path}`,
        operation && method === 'POST' ? readJson(body) : {},
        principal,
      );
      return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(answer) };
    },
  };
}

const operations: Record<string, string> = {
  'POST /v2/email/outbound-emails': 'SendEmail',
  'POST /v2/email/identities': 'CreateEmailIdentity',
  'GET /v2/email/identities': 'ListEmailIdentities',
};

function readJson(body: Buffer): unknown {
  try {
    return parseJson(body.toString());
  } catch {
    throw badRequest('The request is not JSON.');
  }
}

type Register = (kind: 'identity' | 'configuration-set', name: string) => void;

function identityResource(register: Register): ResourceHandler {
  return {
    type: 'AWS::SES::EmailIdentity',
    honored: ['EmailIdentity'],
    // How mail is signed and bounces are handled: nothing is sent here.
    ignored: [
      'DkimAttributes',
      'DkimSigningAttributes',
      'FeedbackAttributes',
      'MailFromAttributes',
      'ConfigurationSetAttributes',
      'Tags',
    ],
    provision(resource) {
      const { EmailIdentity } = parseInput(z.object({ EmailIdentity: z.string() }), resource.properties);
      register('identity', EmailIdentity);
      // The DNS records that would verify a domain: never looked up here, but a template may hand them on.
      const tokens = [1, 2, 3].flatMap((index) => [
        [`DkimDNSTokenName${index}`, `token${index}._domainkey.${EmailIdentity}`],
        [`DkimDNSTokenValue${index}`, `token${index}.dkim.amazonses.com`],
      ]);
      return { ref: EmailIdentity, attributes: Object.fromEntries(tokens) };
    },
  };
}

function configurationSetResource(register: Register): ResourceHandler {
  return {
    type: 'AWS::SES::ConfigurationSet',
    honored: ['Name'],
    ignored: [
      'DeliveryOptions',
      'ReputationOptions',
      'SendingOptions',
      'SuppressionOptions',
      'TrackingOptions',
      'VdmOptions',
      'Tags',
    ],
    provision(resource) {
      const { Name } = parseInput(z.object({ Name: z.string().optional() }), resource.properties);
      const name = Name ?? physicalName(resource, 64);
      register('configuration-set', name);
      return { ref: name, attributes: {} };
    },
  };
}
