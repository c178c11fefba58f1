import { Webhook } from 'standardwebhooks';
import { describe, expect, test } from 'vitest';
import { memoryWebhooks } from '../../../shared/adapters/memory/webhooks.ts';
import { Envelope } from '../../../shared/events/envelope.ts';
import type { SendResult } from '../../../shared/ports/webhook-sender.ts';
import type { DueDelivery, WebhookEndpoint } from '../../../shared/ports/webhooks.ts';
import { deliverWebhook } from '../../../shared/use-cases/deliver-webhook.ts';
import { fanOutWebhooks } from '../../../shared/use-cases/fan-out-webhooks.ts';
import { sweepDueWebhooks } from '../../../shared/use-cases/sweep-due-webhooks.ts';
import { newSecret } from '../../../shared/webhooks/sign.ts';
import { verifyWebhook } from '../../../shared/webhooks/verify.ts';

const start = Date.parse('2026-01-05T09:00:00.000Z');
const hour = 3_600_000;

const event = Envelope.parse({
  specversion: '1.0',
  id: 'evt_0190',
  source: 'oms.orders',
  type: 'order.confirmed',
  version: 1,
  time: new Date(start).toISOString(),
  timestamp: new Date(start).toISOString(),
  subject: 'ord_01J00000000000000000000000',
  tenantid: 'acme',
  sequence: 3,
  correlationid: 'c',
  causationid: 'd',
  dataschema: 'https://batuta.example/schemas/order.confirmed/1.json',
  data: { total: 1999, currency: 'EUR' },
});

const ok: SendResult = { status: 200 };
const failing = (status: number, more: Partial<SendResult> = {}): SendResult => ({
  status,
  failure: { kind: 'status', text: `answered ${status}` },
  ...more,
});

/** A shop with one endpoint; `answers` are given one after the other, the last one for ever. */
async function shop(...answers: (SendResult | Error)[]) {
  const memory = memoryWebhooks();
  const posts: { at: number; url: string; headers: Readonly<Record<string, string>>; body: string }[] = [];
  let now = start;
  const endpoint: WebhookEndpoint = {
    id: 'whe_01J00000000000000000000000',
    url: 'https://partner.test/hook',
    eventTypes: ['order.*'],
    secret: newSecret(),
    status: 'active',
    createdAt: new Date(start - hour).toISOString(),
    updatedAt: new Date(start - hour).toISOString(),
  };
  await memory.store.createEndpoint(endpoint);
  const deps = {
    webhooks: memory.store,
    queue: memory.queue,
    system: { now: () => now, sleep: async () => {}, random: () => 0, eventId: () => 'evt_x', ulid: () => '0' },
    send: async (request: { url: string; headers: Readonly<Record<string, string>>; body: string }) => {
      posts.push({ at: now, ...request });
      now += 40;
      const answer = answers[Math.min(posts.length, answers.length) - 1] ?? ok;
      if (answer instanceof Error) throw answer;
      return answer;
    },
  };
  const take = () => memory.messages.shift()?.message as DueDelivery;
  return {
    ...memory,
    deps,
    endpoint,
    posts,
    take,
    fanOut: (envelope = event) => fanOutWebhooks(deps, envelope),
    /** `messageId`: two messages of the queue may be about the same delivery. */
    deliver: (message = take(), receiveCount = 1, messageId = 'first') =>
      deliverWebhook(deps, message, { messageId, receiveCount }),
    row: async () => (await memory.store.delivery(endpoint.id, event.id))!,
    wait: (milliseconds: number) => {
      now += milliseconds;
    },
    now: () => now,
    /** Runs messages and the sweep, in order of time, until nothing is left. */
    async runToTheEnd() {
      for (let round = 0; round < 500; round++) {
        const sent = memory.messages.shift();
        if (sent) {
          now += sent.delaySeconds * 1000;
          await deliverWebhook(deps, sent.message, { messageId: `message ${round}`, receiveCount: 1 });
          continue;
        }
        const due = (await memory.store.delivery(endpoint.id, event.id))?.nextAttemptAt;
        if (due === undefined) return;
        now = Math.max(now, Date.parse(due));
        await sweepDueWebhooks(deps, now);
      }
      throw new Error('it goes on for ever');
    },
  };
}

describe('fan-out', () => {
  test('a bus that repeats an event makes one row, and one POST', async () => {
    const s = await shop();
    expect(await s.fanOut()).toBe(1);
    expect(await s.fanOut()).toBe(0);
    expect(s.messages).toHaveLength(2);
    expect(await s.deliver()).toBe('delivered');
    expect(await s.deliver()).toBe('out_of_date');
    expect(await s.fanOut()).toBe(0);
    expect(s.messages).toHaveLength(0);
    expect(s.posts).toHaveLength(1);
  });

  test('an endpoint that is disabled, wants other types or is newer than the event gets nothing', async () => {
    const s = await shop();
    const others: Partial<WebhookEndpoint>[] = [
      { id: 'whe_01J00000000000000000000001', status: 'disabled' },
      { id: 'whe_01J00000000000000000000002', eventTypes: ['stock.adjusted', 'payment.*'] },
      { id: 'whe_01J00000000000000000000003', createdAt: new Date(start + 1).toISOString() },
    ];
    for (const other of others) await s.store.createEndpoint({ ...s.endpoint, ...other });
    expect(await s.fanOut()).toBe(1);
    expect(s.messages.map(({ message }) => message.endpointId)).toEqual([s.endpoint.id]);
  });
});

describe('delivery', () => {
  test('the request carries the headers of the contract and verifies, by the library and by our own verifier', async () => {
    const s = await shop();
    await s.fanOut();
    await s.deliver();
    const [post] = s.posts;
    expect(post?.url).toBe(s.endpoint.url);
    expect(JSON.parse(post?.body ?? '')).toEqual(event);
    expect(post?.headers).toEqual({
      'content-type': 'application/json; charset=utf-8',
      'user-agent': 'Batuta-Webhooks/1',
      'webhook-id': event.id,
      'webhook-timestamp': String(start / 1000),
      'webhook-signature': expect.stringMatching(/^v1,[A-Za-z0-9+/]{43}=$/),
      'webhook-attempt': '1',
    });
    expect(verifyWebhook(s.endpoint.secret, post?.headers ?? {}, post?.body ?? '', start)).toEqual({ ok: true });
    const expected = new Webhook(s.endpoint.secret).sign(event.id, new Date(start), post?.body ?? '');
    expect(post?.headers['webhook-signature']).toBe(expected);
    expect(await s.row()).toMatchObject({ status: 'delivered', attempts: [{ status: 200, latencyMs: 40 }] });
    expect((await s.row()).nextAttemptAt).toBeUndefined();
  });

  test.each([
    ['the same message, handed out twice', 'first'],
    ['two messages', 'second'],
  ])('two workers with %s: one sends, the other looks again when the lease is over', async (_, messageId) => {
    const s = await shop();
    await s.fanOut();
    const message = s.take();
    const both = await Promise.all([s.deliver(message), s.deliver(message, 1, messageId)]);
    expect(both).toEqual(['delivered', 'in_progress']);
    expect(s.posts).toHaveLength(1);
    expect(s.messages).toEqual([{ message, delaySeconds: 91 }]);
    expect(await s.deliver(s.take(), 1, 'third')).toBe('out_of_date');
    expect(s.posts).toHaveLength(1);
    expect(s.messages).toEqual([]);
  });

  test('a worker that dies after the POST: the same id and bytes go again as soon as its message comes back', async () => {
    const s = await shop(new Error('killed'), new Error('killed'), ok);
    await s.fanOut();
    const message = s.take();
    await expect(s.deliver(message)).rejects.toThrow('killed');
    await expect(s.deliver(message, 2)).rejects.toThrow('killed');
    expect(await s.deliver(message, 3)).toBe('delivered');
    expect(s.posts.map(({ headers, body }) => [headers['webhook-id'], body])).toEqual(
      Array.from({ length: 3 }, () => [event.id, s.posts[0]?.body]),
    );
    expect((await s.row()).attempts).toHaveLength(1);
    expect(s.messages).toEqual([]);
  });

  test('a worker that dies and whose message never comes back: another message takes the delivery over, when the lease is over', async () => {
    const s = await shop(new Error('killed'), ok);
    await s.fanOut();
    const message = s.take();
    await expect(s.deliver(message)).rejects.toThrow('killed');
    expect(await s.deliver(message, 5, 'second')).toBe('in_progress');
    s.wait((s.messages[0]?.delaySeconds ?? 0) * 1000);
    expect(await s.deliver(s.take(), 1, 'third')).toBe('delivered');
    expect(s.posts).toHaveLength(2);
  });

  test('a worker taken for dead that lives on: its word no longer counts, and what it would send next is not sent', async () => {
    const s = await shop(failing(500));
    await s.fanOut();
    const message = s.take();
    const both = await Promise.all([s.deliver(message), s.deliver(message, 2)]);
    expect(both).toEqual(['failed', 'failed']);
    expect((await s.row()).attempts).toHaveLength(1);
    expect(s.messages).toHaveLength(1);
  });

  test('a worker that dies between writing the row and sending the next message: the message is sent when the old one returns', async () => {
    const s = await shop(failing(500), ok);
    await s.fanOut();
    const message = s.take();
    expect(await s.deliver(message)).toBe('failed');
    s.messages.length = 0;
    s.wait(2000);
    expect(await s.deliver(message, 2)).toBe('out_of_date');
    expect(s.messages).toMatchObject([{ delaySeconds: 3 }]);
    s.wait(3000);
    expect(await s.deliver()).toBe('delivered');
    expect(s.posts.map(({ headers }) => headers['webhook-attempt'])).toEqual(['1', '2']);
  });

  test('a receiver that always fails gets 15 attempts at the instants of the schedule, then the row is exhausted', async () => {
    const s = await shop(failing(500));
    await s.fanOut();
    await s.runToTheEnd();
    expect(s.posts).toHaveLength(15);
    const pauses = s.posts.slice(1).map(({ at }, index) => at - (s.posts[index]?.at ?? 0));
    const minutes = 60_000;
    const scheduled = [5000, 30_000, 2 * minutes, 5 * minutes, 15 * minutes, 30 * minutes].concat(
      [1, 2, 4, 8, 12, 18, 24, 24].map((hours) => hours * hour),
    );
    for (const [index, pause] of pauses.entries()) {
      expect(pause).toBeGreaterThanOrEqual(scheduled[index] ?? 0);
      // What an attempt takes and the rounding to whole seconds.
      expect(pause).toBeLessThan((scheduled[index] ?? 0) + 1100);
    }
    const row = await s.row();
    expect(row).toMatchObject({ status: 'exhausted', endReason: 'attempts' });
    expect(row.attempts).toHaveLength(15);
    expect(row.attempts[14]).toEqual({
      at: new Date(s.posts[14]?.at ?? 0).toISOString(),
      status: 500,
      latencyMs: 40,
      error: 'status: answered 500',
    });
    // Each attempt has a timestamp of its own and the same bytes.
    expect(new Set(s.posts.map(({ body }) => body)).size).toBe(1);
    expect(new Set(s.posts.map(({ headers }) => headers['webhook-timestamp'])).size).toBe(15);
  });

  test('a pause of up to 15 minutes waits in the queue, a longer one on the shelf', async () => {
    const s = await shop(failing(500, { retryAfter: '900' }), failing(500, { retryAfter: '901' }), ok);
    await s.fanOut();
    await s.deliver();
    expect(s.messages).toMatchObject([{ delaySeconds: 900 }]);
    expect(await s.store.dueDeliveries('2027-01-01T00:00:00.000Z', 10)).toEqual([]);
    s.wait(900_000);
    await s.deliver();
    expect(s.messages).toEqual([]);
    expect(await sweepDueWebhooks(s.deps, s.now() + 900_000)).toBe(0);
    expect(await sweepDueWebhooks(s.deps, s.now() + 901_000)).toBe(1);
    expect(await sweepDueWebhooks(s.deps, s.now() + 901_000)).toBe(0);
    s.wait(901_000);
    expect(await s.deliver()).toBe('delivered');
  });

  test('429 with Retry-After is waited for; without it a minute', async () => {
    const s = await shop(failing(429, { retryAfter: '120' }), failing(429), ok);
    await s.fanOut();
    await s.runToTheEnd();
    const pauses = s.posts.slice(1).map(({ at }, index) => at - (s.posts[index]?.at ?? 0));
    expect(pauses.map((pause) => Math.round(pause / 1000))).toEqual([120, 60]);
  });

  test('410 disables the endpoint, ends this delivery, and the next event is not even stored', async () => {
    const s = await shop(failing(410));
    await s.fanOut();
    await s.fanOut({ ...event, id: 'evt_0191' });
    expect(await s.deliver()).toBe('exhausted');
    expect(await s.store.endpoint(s.endpoint.id)).toMatchObject({ status: 'disabled', disabledReason: 'gone' });
    expect(await s.row()).toMatchObject({ status: 'exhausted', endReason: 'endpoint_disabled' });
    expect(await s.deliver()).toBe('exhausted');
    expect(await s.fanOut({ ...event, id: 'evt_0192' })).toBe(0);
    expect(s.posts).toHaveLength(1);
  });

  test('a receiver may disable its endpoint while taking the event, or refuse one event for good', async () => {
    const disabling = await shop({ ...ok, webhookDelivery: 'disable' });
    await disabling.fanOut();
    expect(await disabling.deliver()).toBe('delivered');
    expect(await disabling.store.endpoint(disabling.endpoint.id)).toMatchObject({ disabledReason: 'receiver' });

    const aborting = await shop(failing(422, { webhookDelivery: 'abort-message' }));
    await aborting.fanOut();
    expect(await aborting.deliver()).toBe('exhausted');
    expect(await aborting.row()).toMatchObject({ endReason: 'aborted_by_receiver' });
    expect(await aborting.store.endpoint(aborting.endpoint.id)).toMatchObject({ status: 'active' });
  });

  test('an endpoint deleted meanwhile gets nothing more', async () => {
    const s = await shop();
    await s.fanOut();
    await s.store.deleteEndpoint(s.endpoint.id, event.time, start / 1000 + 3600);
    expect(await s.deliver()).toBe('exhausted');
    expect(await s.row()).toMatchObject({ endReason: 'endpoint_deleted', attempts: [] });
    expect(s.posts).toEqual([]);
  });

  test('a message for a row that is not there is dropped', async () => {
    const s = await shop();
    const due = { endpointId: s.endpoint.id, eventId: 'evt_none', due: new Date(start).toISOString() };
    expect(await s.deliver(due, 3)).toBe('out_of_date');
  });
});
