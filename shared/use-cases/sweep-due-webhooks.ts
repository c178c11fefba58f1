import type { WebhookQueue, WebhookStore } from '../ports/webhooks.ts';

export interface SweepDeps {
  webhooks: WebhookStore;
  queue: WebhookQueue;
}

/** Rows a sweep; what is left is found a minute later. */
const mostAtOnce = 1000;
const atOnce = 25;

/**
 * Sends the messages of deliveries that waited longer than SQS can delay. The message goes before the row leaves the shelf: a crash
 * between the two sends it twice, and the claim lets one of them through.
 * @param now epoch milliseconds
 * @returns how many were sent
 */
export async function sweepDueWebhooks({ webhooks, queue }: SweepDeps, now: number): Promise<number> {
  const due = await webhooks.dueDeliveries(new Date(now).toISOString(), mostAtOnce);
  for (let first = 0; first < due.length; first += atOnce) {
    await Promise.all(
      due.slice(first, first + atOnce).map(async (one) => {
        await queue.send(one, 0);
        await webhooks.unshelve(one);
      }),
    );
  }
  return due.length;
}
