import * as z from 'zod';

/** A decimal number from -most to most. */
export const Degrees = (most: number) =>
  z
    .string()
    .regex(/^-?\d{1,3}(\.\d{1,12})?$/, 'a decimal number')
    .transform(Number)
    .pipe(z.number().min(-most).max(most))
    .meta({
      override: ({ jsonSchema }) => {
        delete jsonSchema.pattern;
        Object.assign(jsonSchema, { type: 'number', minimum: -most, maximum: most });
      },
    });
