import { SESv2Client, SESv2ServiceException, SendEmailCommand } from '@aws-sdk/client-sesv2';
import { type Mailer, MailRefused } from '../ports/notifications.ts';
import { lean } from './lean-client.ts';

/**
 * Mail by Amazon SES. SendEmail takes no token against repetition, so the SDK does not retry it: a try whose answer was lost comes back
 * through the claim's lease instead of as a second mail at once.
 * @param sender the address that mails come from
 */
export function sesMailer(sender: string, client = lean(new SESv2Client({ maxAttempts: 1 }))): Mailer {
  return {
    async send({ to, subject, text, html, eventId }) {
      const command = new SendEmailCommand({
        FromEmailAddress: sender,
        Destination: { ToAddresses: [to] },
        Content: {
          Simple: {
            Subject: { Data: subject, Charset: 'UTF-8' },
            Body: { Text: { Data: text, Charset: 'UTF-8' }, Html: { Data: html, Charset: 'UTF-8' } },
          },
        },
        EmailTags: [{ Name: 'event', Value: eventId }],
      });
      const { MessageId } = await client.send(command).catch((error: unknown) => {
        // A refusal (4xx) is certain, throttling among them; after a 5xx the mail may be on its way.
        const isRefusal = error instanceof SESv2ServiceException && (error.$metadata.httpStatusCode ?? 500) < 500;
        throw isRefusal ? new MailRefused(error.name, { cause: error }) : error;
      });
      if (MessageId === undefined) throw new Error('SES answered without a message id');
      return MessageId;
    },
  };
}
