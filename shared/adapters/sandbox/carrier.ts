import { createHash } from 'node:crypto';
import { type CarrierProvider, CarrierUnavailable } from '../../ports/carrier.ts';
import type { SandboxBook } from './book.ts';

/** The counter of scripted outages: each booking takes one and fails, until none is left. */
export const carrierFault = 'FAULT#carrier';

/** A carrier that needs nobody: the tracking number is a function of the booking's key, so the same key always books the same shipment. */
export function sandboxCarrier(book: SandboxBook): CarrierProvider {
  return {
    async book({ key, service }) {
      if (await book.take(carrierFault)) throw new CarrierUnavailable('503 Service Unavailable');
      const number = createHash('sha256').update(key).digest().readBigUInt64BE() % 10n ** 12n;
      const trackingNumber = `SBX${String(number).padStart(12, '0')}`;
      return { carrier: 'sandbox', service, trackingNumber, trackingUrl: `https://tracking.example/${trackingNumber}` };
    },
  };
}
