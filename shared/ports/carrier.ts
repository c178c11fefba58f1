import type { Shipment } from '../domain/order.ts';

/** The carrier could not be reached. Try again with the same key. */
export class CarrierUnavailable extends Error {
  override readonly name = 'CarrierUnavailable';
}

export interface CarrierProvider {
  /** Books a shipment and its label. The same key gives the same shipment, whenever asked. */
  book(request: {
    key: string;
    orderId: string;
    fulfillmentId: string;
    service: string;
    country: string;
    parcels: number;
  }): Promise<Shipment>;
}
