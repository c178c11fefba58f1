import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { LocationId } from '../../domain/ids.ts';
import { Location, Outage } from '../../domain/location.ts';
import { pk } from './keys.ts';
import { queryRange } from './order-store.ts';

/** A row of its own: who changes a location does not end its outage, and the other way around. */
export const OutageRow = Outage.extend({
  locationId: LocationId,
  operationId: z.string(),
  endedAt: z.iso.datetime().optional(),
});
export type OutageRow = z.infer<typeof OutageRow>;

export const outageSk = (locationId: string): string => `OUTAGE#${locationId}`;

export const isOver = ({ until, endedAt }: OutageRow, now: string): boolean =>
  endedAt !== undefined || (until !== undefined && until <= now);

/** All locations, by id. One that is out of service is not enabled, and says why. */
export async function readLocations(client: DynamoDBClient, table: string, now: string): Promise<Location[]> {
  const rows = await queryRange(client, table, pk.locations, 'LOCATION#', 'OUTAGE#~');
  const of = (prefix: string) =>
    rows.filter(({ sk }) => String(sk).startsWith(prefix)).map(({ data }): unknown => JSON.parse(String(data)));
  const outages = new Map(
    of('OUTAGE#')
      .map((row) => OutageRow.parse(row))
      .filter((outage) => !isOver(outage, now))
      .map(({ locationId, reason, since, until }) => [locationId, { reason, since, ...(until && { until }) }]),
  );
  return of('LOCATION#')
    .map((row) => Location.parse(row))
    .map((location) => {
      const outage = outages.get(location.id);
      return outage ? { ...location, enabled: false, outage } : location;
    });
}
