import type {
  DueDelivery,
  Lease,
  WebhookDelivery,
  WebhookEndpoint,
  WebhookQueue,
  WebhookStore,
} from '../../ports/webhooks.ts';

export interface MemoryWebhooks {
  store: WebhookStore;
  queue: WebhookQueue;
  /** What was sent and not taken yet. */
  messages: { message: DueDelivery; delaySeconds: number }[];
}

interface Row {
  delivery: WebhookDelivery;
  lease?: Lease;
  isShelved: boolean;
}

/** The webhook store and its queue in memory: the guards of the DynamoDB adapter in a few lines; one contract test holds both. */
export function memoryWebhooks(): MemoryWebhooks {
  const endpoints = new Map<string, WebhookEndpoint>();
  const deleted = new Set<string>();
  const rows = new Map<string, Row>();
  const messages: MemoryWebhooks['messages'] = [];
  const keyOf = ({ endpointId, eventId }: { endpointId: string; eventId: string }) => `${endpointId} ${eventId}`;

  const store: WebhookStore = {
    async createEndpoint(endpoint) {
      if (endpoints.has(endpoint.id) || deleted.has(endpoint.id)) return 'taken';
      endpoints.set(endpoint.id, endpoint);
      return 'created';
    },
    endpoint: async (id) => endpoints.get(id),
    endpoints: async () => [...endpoints.values()].sort((a, b) => (a.id < b.id ? -1 : 1)),
    async updateEndpoint(id, { description, disabledReason, ...changes }, at) {
      const before = endpoints.get(id);
      if (!before) return undefined;
      const after: WebhookEndpoint = { ...before, ...changes, updatedAt: at };
      if (description === null) delete after.description;
      else if (description !== undefined) after.description = description;
      if (disabledReason === null) delete after.disabledReason;
      else if (disabledReason !== undefined) after.disabledReason = disabledReason;
      endpoints.set(id, after);
      return after;
    },
    async deleteEndpoint(id) {
      if (!endpoints.delete(id)) return false;
      deleted.add(id);
      return true;
    },

    async createDelivery(delivery) {
      if (rows.has(keyOf(delivery))) return 'exists';
      rows.set(keyOf(delivery), { delivery, isShelved: false });
      return 'created';
    },
    delivery: async (endpointId, eventId) => rows.get(keyOf({ endpointId, eventId }))?.delivery,
    async deliveries(endpointId, { limit, after }) {
      const found = [...rows.values()]
        .map(({ delivery }) => delivery)
        .filter((one) => one.endpointId === endpointId && (!after || one.eventId < String(after.eventId)))
        .sort((a, b) => (a.eventId < b.eventId ? 1 : -1));
      const items = found.slice(0, limit);
      const last = items.at(-1);
      return { items, ...(found.length > limit && last && { next: { eventId: last.eventId } }) };
    },

    async claimDelivery(due, now, lease) {
      const row = rows.get(keyOf(due));
      if (row?.delivery.nextAttemptAt !== due.due) return { outcome: 'out_of_date', delivery: row?.delivery };
      const { lease: held } = row;
      const isReceivedAgain = held?.messageId === lease.messageId && held.receiveCount < lease.receiveCount;
      if (held && held.until >= now && !isReceivedAgain) return { outcome: 'leased', until: held.until };
      row.lease = lease;
      return { outcome: 'claimed', delivery: row.delivery };
    },
    async saveAttempt(delivery, lease, { shelve }) {
      const row = rows.get(keyOf(delivery));
      const held = row?.lease;
      const isHolder =
        held?.until === lease.until && held.messageId === lease.messageId && held.receiveCount === lease.receiveCount;
      if (!isHolder) return false;
      rows.set(keyOf(delivery), { delivery, isShelved: shelve && delivery.nextAttemptAt !== undefined });
      return true;
    },
    async dueDeliveries(now, limit) {
      return [...rows.values()]
        .filter(({ isShelved, delivery }) => isShelved && (delivery.nextAttemptAt ?? '~') <= now)
        .slice(0, limit)
        .map(({ delivery: { endpointId, eventId, nextAttemptAt = '' } }) => ({
          endpointId,
          eventId,
          due: nextAttemptAt,
        }));
    },
    async unshelve(due) {
      const row = rows.get(keyOf(due));
      if (row?.delivery.nextAttemptAt === due.due) row.isShelved = false;
    },
  };
  return {
    store,
    queue: { send: async (message, delaySeconds) => void messages.push({ message, delaySeconds }) },
    messages,
  };
}
