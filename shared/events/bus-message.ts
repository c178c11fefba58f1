import * as z from 'zod';
import { Envelope } from './envelope.ts';

/** An event as EventBridge hands it to a queue. Only `detail` is ours; `replay-name` is there when an archive plays it again. */
export const BusMessage = z.looseObject({
  detail: Envelope,
  'replay-name': z.string().optional(),
});
export type BusMessage = z.infer<typeof BusMessage>;
