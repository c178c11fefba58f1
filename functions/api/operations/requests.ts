import * as z from 'zod';
import { text } from '../../../shared/api/fields.ts';

/** Bodies of requests. Strict: an unknown field is more often a typing error than a wish. */

export const OutageBody = z
  .strictObject({
    reason: text(200),
    until: z.iso
      .datetime()
      .optional()
      .meta({ description: 'When the location is back by itself. Absent: when somebody says so.' }),
  })
  .meta({ id: 'StartOutage' });
