import * as z from 'zod';

/** What a site must be able to do, as its capability `customize:<skill>` says. */
export const Skill = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,31}$/, 'lower-case letters, digits or "-", 1 to 32, starting with a letter or digit');

/** What a site does to units of a line before it picks them. */
export const Customization = z.object({
  capability: Skill,
  /** What the customer wants there: may be a name. Absent once erased; never in an event. */
  instructions: z.array(z.string()).optional(),
});
export type Customization = z.infer<typeof Customization>;

export const siteCapability = ({ capability }: Pick<Customization, 'capability'>): string => `customize:${capability}`;
