import * as z from 'zod';

/**
 * What the resources of the chapters (`*-resources.ts`: what answers hold) have in common. They are loose: a client accepts fields that a
 * later version adds. `representation.ts` makes the values; a test holds each answer against these.
 */
export const Minor = z.int().meta({ description: 'Minor units of the currency.' });
export const Units = z.int().min(0);
export const Version = z.int().min(1).meta({ description: 'Raised by every change; the ETag is `"v<version>"`.' });

export const Commands = z
  .array(z.string())
  .meta({ description: 'What would be accepted now, whoever is allowed to.', example: ['cancel', 'hold'] });

/** A page of a listing. */
export const pageOf = (item: z.ZodType) =>
  z.looseObject({
    data: z.array(item),
    nextCursor: z.string().nullable().meta({ description: 'For the parameter `cursor`; null: that was all.' }),
  });
