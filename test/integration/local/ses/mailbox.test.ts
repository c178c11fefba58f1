import { beforeEach, describe, expect, test } from 'vitest';
import { operator } from '../../../../local/kernel/kernel.ts';
import { createSes } from '../../../../local/ses/service.ts';
import { kernelForTests, type TestKernel } from '../kernel-for-tests.ts';

describe('sending mail', () => {
  let kernel: TestKernel;
  let ses: ReturnType<typeof createSes>;

  beforeEach(() => {
    kernel = kernelForTests();
    ses = createSes(kernel);
    kernel.provision(ses, 'AWS::SES::EmailIdentity', 'Domain', { EmailIdentity: 'shop.example' });
  });

  const simple = (more: object = {}) => ({
    FromEmailAddress: 'The Shop <orders@shop.example>',
    Destination: { ToAddresses: ['jo@mail.example'] },
    Content: {
      Simple: { Subject: { Data: 'Your order' }, Body: { Html: { Data: '<p>Thanks</p>' }, Text: { Data: 'Thanks' } } },
    },
    ...more,
  });
  const post = async (body: object, path = '/v2/email/outbound-emails') => {
    const response = await ses.wire!({
      method: 'POST',
      path,
      query: new URLSearchParams(),
      headers: {},
      body: Buffer.from(JSON.stringify(body)),
      principal: operator,
      requestId: 'r',
    });
    return JSON.parse(response.body.toString());
  };

  test('the identities that may send are listed', async () => {
    await post({ EmailIdentity: 'jo@other.example' }, '/v2/email/identities');
    const { EmailIdentities } = JSON.parse(JSON.stringify(await ses.call('ListEmailIdentities', {}, operator)));
    expect(EmailIdentities).toMatchObject([
      { IdentityName: 'jo@other.example', IdentityType: 'EMAIL_ADDRESS', SendingEnabled: true },
      { IdentityName: 'shop.example', IdentityType: 'DOMAIN' },
    ]);
  });

  test('the mailbox keeps the newest mails: a shop that runs for years does not fill its disk with them', async () => {
    const small = createSes(kernel, 3);
    const mail = (subject: string) => ({
      ...simple(),
      Content: { Simple: { Subject: { Data: subject }, Body: { Text: { Data: 'Thanks' } } } },
    });
    for (const subject of ['1', '2', '3', '4', '5']) await small.call('SendEmail', mail(subject), operator);
    expect(small.mailbox().map(({ subject }) => subject)).toEqual(['5', '4', '3']);
    expect(small.mailCount()).toBe(3);
  });

  test('a mail lands in the mailbox, newest first, authorized on the identity of its domain', async () => {
    const { MessageId } = await post(simple());
    await kernel.clock.advance(1_000);
    await post(simple({ Destination: { ToAddresses: ['al@mail.example'], CcAddresses: ['cc@mail.example'] } }));
    expect(ses.mailCount()).toBe(2);
    expect(ses.mailbox()).toMatchObject([
      { to: ['al@mail.example'], cc: ['cc@mail.example'] },
      {
        messageId: MessageId,
        from: 'The Shop <orders@shop.example>',
        subject: 'Your order',
        html: '<p>Thanks</p>',
        text: 'Thanks',
      },
    ]);
    expect(kernel.asked[0]).toMatchObject({
      action: 'ses:SendEmail',
      resource: 'arn:aws:ses:eu-west-1:111122223333:identity/shop.example',
      context: { 'ses:FromAddress': 'orders@shop.example', 'ses:Recipients': ['jo@mail.example'] },
    });
  });

  test('a raw message is read for its sender, recipients and subject', async () => {
    const raw =
      'From: orders@shop.example\r\nTo: Jo <jo@mail.example>,\r\n al@mail.example\r\nSubject: Raw\r\n\r\nBody';
    await post({ Content: { Raw: { Data: Buffer.from(raw).toString('base64') } } });
    expect(ses.mailbox()).toMatchObject([
      {
        from: 'orders@shop.example',
        to: ['Jo <jo@mail.example>', 'al@mail.example'],
        subject: 'Raw',
        text: 'Body',
        raw,
      },
    ]);
  });

  const withSubject = (Data: string) => ({ Simple: { Subject: { Data }, Body: { Text: { Data: 'x' } } } });
  test.each([
    ['a sender that nobody verified', { FromEmailAddress: 'a@other.example' }, 'not verified'],
    ['a domain that only ends like a verified one', { FromEmailAddress: 'a@evilshop.example' }, 'not verified'],
    ['no recipient', { Destination: { ToAddresses: [] } }, 'at least one recipient'],
    ['a recipient that is no address', { Destination: { ToAddresses: ['jo'] } }, 'Missing final'],
    [
      'a recipient with a line break',
      { Destination: { ToAddresses: ['jo@mail.example\r\nBcc: x@y.example'] } },
      'line breaks',
    ],
    ['a subject with a line break', { Content: withSubject('Hi\nBcc: x@y.example') }, 'line breaks'],
    ['no body', { Content: { Simple: { Subject: { Data: 's' }, Body: {} } } }, 'Text or Html'],
    ['a template', { Content: { Template: { TemplateName: 't' } } }, 'Template'],
    ['an unknown configuration set', { ConfigurationSetName: 'none' }, 'does not exist'],
  ])('%s is refused, and nothing is kept', async (_, more, message) => {
    await expect(post(simple(more))).rejects.toThrow(message);
    expect(ses.mailbox()).toEqual([]);
  });

  test('operations that are not there are refused', async () => {
    await expect(post({}, '/v2/email/templates')).rejects.toThrow('POST /v2/email/templates');
  });

  test('nothing in a mail gets out of its frame on the page', async () => {
    const Html = { Data: `"><script>alert(1)</script>` };
    await post(
      simple({
        Content: {
          Simple: { Subject: { Data: '<script>2</script>' }, Body: { Html, Text: { Data: '</pre><script>3' } } },
        },
      }),
    );
    const page = ses.mailboxPage();
    expect(page).not.toContain('<script');
    expect(page).toContain('<iframe sandbox title="HTML body" srcdoc="&quot;&gt;&lt;script&gt;');
  });
});
