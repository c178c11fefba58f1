import * as z from 'zod';
import { Component, mostComponents } from '../domain/kit.ts';
import { refuseRepeated } from './fields.ts';

/** What one unit of a kit is made of, as callers give it. */
export const Components = z
  .array(
    z.strictObject({
      sku: Component.shape.sku,
      perUnit: Component.shape.perUnit.meta({ description: 'Pieces in one kit.' }),
    }),
  )
  .min(1)
  .max(mostComponents)
  .check(refuseRepeated(({ sku }) => sku, 'sku'));

export const KitBody = z.strictObject({ components: Components }).meta({ id: 'PutKit' });
