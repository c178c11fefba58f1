import type { PublishedType } from '../envelope.ts';

export interface CatalogEntry {
  name: PublishedType;
  version: number;
  description: string;
  /** Who causes it. */
  emittedBy: string;
  /** An example of `data`. */
  sample: Record<string, unknown>;
  /** JSON Schema (2020-12) of the whole envelope. Accepts fields that it does not name, now and in later versions. */
  schema: Record<string, unknown>;
}

/** What a person writes of an event; the rest follows from its data. */
export type Told = Pick<CatalogEntry, 'description' | 'emittedBy' | 'sample'>;
