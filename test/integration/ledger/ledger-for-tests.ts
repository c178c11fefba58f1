import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { catalog } from '../../../shared/events/catalog.ts';
import type { Envelope, PublishedType } from '../../../shared/events/envelope.ts';

/** Orders of two companies, whose days end at different times. */
export const sellers = {
  sellersOf: async (orderIds: readonly string[]) =>
    new Map(
      orderIds.map((id) => [
        id,
        id.endsWith('Z')
          ? { legalEntityId: 'acme-jp', timeZone: 'Asia/Tokyo' }
          : { legalEntityId: 'acme', timeZone: 'Europe/Madrid' },
      ]),
    ),
};

/** By type; made once, as schemas are made with it. */
const samples = new Map<string, object>(catalog().map(({ name, sample }) => [name, sample]));

export const timeZoneOf = async (legalEntityId: string): Promise<string> =>
  legalEntityId === 'acme-jp' ? 'Asia/Tokyo' : 'Europe/Madrid';

/** An event as the bus brings it: the catalog's example with changes. */
export function envelope(n: number, type: PublishedType, data: object, more: Partial<Envelope> = {}): Envelope {
  const time = more.time ?? '2026-01-05T12:00:00.000Z';
  return {
    specversion: '1.0',
    id: `evt_${String(n).padStart(6, '0')}`,
    source: 'oms.orders',
    type,
    version: 1,
    timestamp: time,
    subject: 'ord_01JGY8Q5N3W0R7T2K4M6P8S9VX',
    tenantid: 'test',
    sequence: n + 1,
    correlationid: 'c',
    causationid: 'c',
    dataschema: 'https://batuta.example/schemas',
    data: { ...samples.get(type), ...data },
    ...more,
    time,
  };
}

export class Crash extends Error {
  override readonly name = 'Crash';
}

/** A client that dies now and then: before a call is sent, or after it was carried out and before its answer is heard. */
export function crashing(client: DynamoDBClient, random: () => number, odds: number): DynamoDBClient {
  return new Proxy(client, {
    get(target, name, receiver) {
      if (name !== 'send') return Reflect.get(target, name, receiver);
      return async (command: Parameters<DynamoDBClient['send']>[0]) => {
        if (random() < odds) throw new Crash('before');
        const answer = await target.send(command);
        if (random() < odds) throw new Crash('after');
        return answer;
      };
    },
  });
}
