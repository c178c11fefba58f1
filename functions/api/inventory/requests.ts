import * as z from 'zod';
import { refuseRepeated, text } from '../../../shared/api/fields.ts';
import { TimeZone } from '../../../shared/api/time-zone.ts';
import { Country } from '../../../shared/domain/country.ts';
import { Location } from '../../../shared/domain/location.ts';
import { Calendar } from '../../../shared/domain/network/calendar.ts';

/** Bodies of requests. Strict: an unknown field is more often a typing error than a wish. */

export const LocationBody = z
  .strictObject({
    name: text(200),
    kind: Location.shape.kind,
    country: Country.optional(),
    timeZone: TimeZone,
    priority: z.int().min(0).max(1000).default(100).meta({ description: 'Routing prefers the higher.' }),
    enabled: z.boolean().default(true).meta({ description: 'false: nothing new is routed here.' }),
    site: Location.shape.site.meta({ description: 'Where it is. Distances need `coordinates`, rates a `postalCode`.' }),
    capabilities: Location.shape.capabilities.check(refuseRepeated((capability) => capability)).meta({
      description: 'What it can do: ship, pickup, curbside, returns, `customize:<skill>`.',
    }),
    calendar: Calendar.extend({
      holidays: Calendar.shape.holidays.check(refuseRepeated((date) => date)),
      exceptions: Calendar.shape.exceptions.check(refuseRepeated(({ date }) => date, 'date')),
    })
      .optional()
      .meta({ description: 'When people work here. Absent: always open.' }),
    cutOffs: Location.shape.cutOffs.meta({
      description: "Latest time of day, on the location's clock, to order for the same day's parcels, by service.",
    }),
    processingMinutes: Location.shape.processingMinutes.meta({
      description: 'Minutes of opening hours from order to packed.',
    }),
    capacity: Location.shape.capacity.meta({ description: 'Most orders and units taken a day.' }),
    costs: Location.shape.costs.meta({ description: 'Minor units: of one order picked, of one parcel packed.' }),
  })
  .meta({ id: 'PutLocation' });

const mostUnits = 1_000_000_000;

export const StockBody = z.strictObject({ onHand: z.int().min(0).max(mostUnits) }).meta({ id: 'PutStock' });
